"""Prometheus text from plain numbers."""

import pytest

from timers.server.test_traces import attempt
from ws101.timers.server.metrics import Metrics


@pytest.fixture
def metrics():
    return Metrics()


def lines(metrics):
    return set(metrics.text().decode().splitlines())


def test_handshakes_are_counted_by_outcome_and_cause(metrics):
    for cause in ("", "", "token-expired"):
        metrics.handshake(attempt(cause=cause))
    assert {
        'ws101_timers_handshakes_total{cause="",outcome="accepted"} 2.0',
        'ws101_timers_handshakes_total{cause="token-expired",outcome="refused"} 1.0',
    } <= lines(metrics)


def test_a_peers_own_close_codes_are_one_label(metrics):
    for code in (1000, 1006, 4100, 3000, 4999, 3001):
        metrics.closed(code)
    assert {
        'ws101_timers_closes_total{code="1000"} 1.0',
        'ws101_timers_closes_total{code="1006"} 1.0',
        'ws101_timers_closes_total{code="4100"} 1.0',
        'ws101_timers_closes_total{code="other"} 3.0',
    } <= lines(metrics)


def test_lateness_is_a_histogram(metrics):
    for late in (0.0, 0.001, 0.0011, 0.04, 1_000.0):
        metrics.fired(late)
    assert {
        'ws101_timers_lateness_seconds_bucket{le="0.001"} 2.0',
        'ws101_timers_lateness_seconds_bucket{le="0.0025"} 3.0',
        'ws101_timers_lateness_seconds_bucket{le="0.05"} 4.0',
        'ws101_timers_lateness_seconds_bucket{le="300.0"} 4.0',
        'ws101_timers_lateness_seconds_bucket{le="+Inf"} 5.0',
        "ws101_timers_lateness_seconds_count 5.0",
        "ws101_timers_lateness_seconds_sum 1000.0421",
    } <= lines(metrics)


def test_recoveries_deliveries_and_lost_lines(metrics):
    metrics.resumed(recovered=True)
    metrics.deliveries += 3
    metrics.lines_dropped += 2
    assert {
        'ws101_timers_recoveries_total{recovered="true"} 1.0',
        'ws101_timers_recoveries_total{recovered="false"} 0.0',
        "ws101_timers_deliveries_total 3.0",
        "ws101_timers_log_lines_dropped_total 2.0",
    } <= lines(metrics)


def test_a_gauge_is_read_when_somebody_asks(metrics):
    figures = iter((1, 2))
    metrics.gauge("ws101_timers_x", "X.", lambda: next(figures))
    assert "ws101_timers_x 1.0" in lines(metrics)
    assert "ws101_timers_x 2.0" in lines(metrics)


def test_the_process_is_there_too(metrics):
    assert any(line.startswith("process_resident_memory_bytes") for line in lines(metrics))
