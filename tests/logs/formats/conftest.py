"""Recorded logs, read through one format."""

import pytest

from logs.formats.reading import entries_of


@pytest.fixture
def entries():
    return entries_of
