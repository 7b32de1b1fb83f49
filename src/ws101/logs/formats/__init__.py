"""The table of formats, the most particular first: the first that opens with a line's text reads it."""

from ws101.logs.format import Format

FORMATS: tuple[Format, ...] = ()
