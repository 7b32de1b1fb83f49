import pytest

from causes.building import SPOKEN
from ws101 import signatures


@pytest.fixture(autouse=True)
def spoken_refusals(monkeypatch):
    """Let the made-up server of building.make_refusal be recognised beside the real ones."""
    monkeypatch.setattr(signatures, "SIGNATURES", (*SPOKEN, *signatures.SIGNATURES))
