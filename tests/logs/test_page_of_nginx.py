"""Lengths of bodies as real nginx logs them ($body_bytes_sent), of 1.22.1 and 1.31.3, which agree."""

import pytest

from ws101.logs.page import pages
from ws101.signature import Says

# Measured: server_tokens on, off; then the same for a client that is Chrome or Internet Explorer (msie_padding).
MEASURED = {
    Says.PLAIN_HTTP_TO_TLS: (400, 255, 248, 657, 650),
    Says.CLIENT_CERTIFICATE_MISSING: (400, 237, 230, 639, 632),
    Says.HEADER_TOO_LARGE: (400, 233, 226, 635, 628),
    Says.CLIENT_CERTIFICATE_BAD: (400, 215, 208),
    Says.MALFORMED: (400, 157, 150, 559, 552),
    Says.CREDENTIALS: (401, 179, 172),
    Says.FORBIDDEN: (403, 153, 146),
    Says.NO_ROUTE: (404, 153, 146),
    Says.METHOD: (405, 157, 150),
    Says.RATE: (429, 169, 162),
    Says.ERROR: (500, 177, 170),
    Says.UPSTREAM_DOWN: (502, 157, 150, 559, 552),
    Says.UNAVAILABLE: (503, 197, 190),
    Says.UPSTREAM_TIMEOUT: (504, 167, 160),
    Says.HTTP_VERSION: (505, 187, 180),
}

AMBIGUOUS = {230, 632}  # as long is OpenResty's page on a head that is too large, without its version


@pytest.mark.parametrize(
    ("says", "status", "size"), [(s, m[0], n) for s, m in MEASURED.items() for n in m[1:]]
)
def test_a_page_is_known_by_its_length(says, status, size):
    assert says in pages(status, size)
    assert len(pages(status, size)) == 1 or size in AMBIGUOUS


@pytest.mark.parametrize(("status", "size"), [(400, 0), (400, 64), (400, 300), (404, 0), (200, 157)])
def test_what_nginx_does_not_write_is_no_page_of_it(status, size):
    assert pages(status, size) == ()


def test_statuses_without_a_page_are_told_apart():
    assert any(pages(400, size) for size in range(1000))
    assert not any(pages(200, size) for size in range(1000))
