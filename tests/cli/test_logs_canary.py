"""`ws101 logs` shows no secret of a log, in no output, whether a line was read or is of no known format."""

import pytest

from cli.running import FORMATS
from logs.test_log_canary import SECRETS, SHAPES

REFUSED = '10.0.0.9 - - [26/Nov/2026:01:09:{:02} +0000] "GET /ws HTTP/1.1" 400 157 "{}" "{}"'


@pytest.fixture
def log(tmp_path):
    lines = [f"server says {shape}" for shape in SHAPES]
    lines += [REFUSED.format(at, shape, shape) for at, shape in enumerate(SHAPES)]
    lines += [f"connecting to wss://h/ws {shape}" for shape in SHAPES]
    path = tmp_path / "access.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_no_output_has_a_secret_of_a_log(ws101, log, form):
    ran = ws101("logs", log, "--unknown", "--format", form)
    shown = ran.out + ran.err
    assert form == "sarif" or "[token " in shown  # it quotes no line
    assert not [secret for secret in SECRETS if secret in shown]
