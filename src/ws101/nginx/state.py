"""What nginx knows of one request while it makes its way through the phases."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ws101.nginx.ask import Ask
from ws101.nginx.listen import Socket
from ws101.nginx.model import Level, Model, Server
from ws101.nginx.tree import Directive
from ws101.nginx.value import Value

if TYPE_CHECKING:
    from ws101.nginx.rewrite import Refused

REDIRECTS = 11  # r->uri_changes begins at NGX_HTTP_MAX_URI_CHANGES + 1


class State(Struct):
    """The request's state; `host` is empty where none was taken; `raw` is the target as it came, `uri` is decoded, `args` as they came.

    `protocol` is empty where the request line could not be read to its end.
    `escapes` tells that the script of a block has not rewritten yet (e->quote). `untouched` tells that the target goes to an upstream as it came (valid_unparsed_uri), `in_location` that the location's
    prefix still begins the path (valid_location), `internal` that nginx itself changed or redirected the request. A `location`
    that was set for an answer stays, also when error_page takes the request elsewhere. `main` is the state of the
    request that a subrequest stands for. `held` is a refusal that stays while another may still let the request pass. `body_length` is what an upstream is told of the body, empty for nothing. `passes` is the last `…_pass` of the blocks on the way, which may not be in force.
    """

    model: Model
    ask: Ask
    socket: Socket
    server: Server
    level: Level
    host: str
    raw: str = "/"
    uri: str = "/"
    args: str = ""
    method: str = "GET"
    protocol: str = "HTTP/1.1"
    body_length: str = ""
    quoted: bool = False
    plus: bool = False
    escapes: bool = False
    untouched: bool = True
    in_location: bool = True
    internal: bool = False
    changed: bool = False
    changes_left: int = REDIRECTS
    error: int | None = None
    in_error_page: bool = False
    location: str = ""
    captures: tuple[str, ...] = ()
    values: dict[str, Value] = field(default_factory=dict)
    mapped: dict[str, Value] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    main: "State | None" = None
    held: "Refused | None" = None
    passes: Directive | None = None

    def enter(self, level: Level) -> None:
        """Go into a block of the location; a `…_pass` of an earlier one stays where it has none (r->content_handler)."""
        self.level, self.passes = level, level.handler or self.passes

    def remember(self, match: re.Match[str]) -> None:
        """Keep a match's captures: `$1` and on, and the named ones as variables."""
        self.captures = tuple(group or "" for group in (match[0], *match.groups()))
        self.values |= {name: value or "" for name, value in match.groupdict().items()}
