import json

import pytest

from cli.peers import REFUSAL, Peer, answering, switch
from cli.running import FORMATS, QUICK
from render.reports import REPORTS
from ws101.render.run import dump


@pytest.mark.parametrize("answer", [REFUSAL, switch], ids=["refused", "works"])
def test_a_saved_run_is_shown_as_the_run_was_in_every_format(ws101, tmp_path, answer):
    saved = tmp_path / "run.json"
    with Peer(answering(answer)) as peer:
        first = ws101("check", peer.url, "--save", saved, "--json", *QUICK)
    assert ws101("report", saved, "--json").out == first.out
    for name in FORMATS:
        one, two = ws101("report", saved, "--format", name), ws101("report", saved, "--format", name)
        assert one.out == two.out
        assert one.out.strip()
        assert one.status == first.status
    verdict = json.loads(first.out)["verdict"]
    assert (verdict is None) or verdict["cause"] in ws101("report", saved).out


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("kind", FORMATS)
def test_every_way_in_which_a_run_can_end_is_kept(ws101, tmp_path, name, kind):
    (tmp_path / "run.json").write_text(dump(REPORTS[name]))
    ran = ws101("report", tmp_path / "run.json", "--format", kind)
    assert ran.status == REPORTS[name].exit_status
    assert ran.err == ""
    if kind in {"json", "sarif"}:
        json.loads(ran.out)


def test_it_is_written_to_a_file(ws101, tmp_path):
    (tmp_path / "run.json").write_text(dump(REPORTS["story"]))
    shown = ws101("report", tmp_path / "run.json", "--format", "html").out
    ran = ws101("report", tmp_path / "run.json", "--format", "html", "-o", tmp_path / "page.html")
    assert ran.out == ""
    assert (tmp_path / "page.html").read_text(encoding="utf-8").strip() == shown.strip()


def test_a_token_is_in_no_saved_run(ws101, tmp_path):
    saved, token = tmp_path / "run.json", "opaque-5ecret-of-mine"
    with Peer(answering(lambda head: REFUSAL + head)) as peer:
        ws101("check", f"{peer.url}?token={token}", "--token", token, "--save", saved, *QUICK)
    assert token not in saved.read_text()
    for name in FORMATS:
        assert token not in ws101("report", saved, "--format", name).out
