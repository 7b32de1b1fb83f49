"""The table of formats, the most particular first: the first that opens with a line's text reads it."""

from ws101.logs.format import Format
from ws101.logs.formats import (
    guide_access,
    guide_client,
    guide_server,
    nginx_access,
    nginx_error,
    nginx_json,
    ws101_timers,
)

FORMATS: tuple[Format, ...] = (
    # the guide's blocks, and ws101's own service
    guide_client.FORMAT,
    guide_server.FORMAT,
    ws101_timers.FORMAT,
    guide_access.FORMAT,
    # proxies
    nginx_error.FORMAT,
    *nginx_access.FORMATS,
    nginx_json.FORMAT,
)


def with_formats(*extra: Format) -> tuple[Format, ...]:
    """Return the table with these before it, as those that a configuration names."""
    return (*extra, *FORMATS)
