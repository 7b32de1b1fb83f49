"""The value of a variable: text, or why it cannot be known."""

from typing import NamedTuple


class Unknown(NamedTuple):
    """What cannot be known from the configuration and the request alone, and why."""

    why: str


Value = str | Unknown
