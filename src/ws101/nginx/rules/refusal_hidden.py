"""A page of nginx takes the place of what the application says when it refuses.

## What happens
The application refuses with 401, 403 or 426 and says why; the client gets a page, maybe with status 200.

## Why
`proxy_intercept_errors on;` lets `error_page` answer for the upstream's errors, too: for pages a kindness, for sockets the
reason is lost.

## How we know
Both are in force at the socket's location.

## What to do
`proxy_intercept_errors off;` in the location of the socket.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-serves-fallback-page"
_REFUSALS = frozenset({"400", "401", "403", "404", "405", "426"})


def _check(scene: Scene) -> Iterator[Offence]:
    for way, _, level in scene.passed:
        if level.setting("proxy_intercept_errors", "off") != "on":
            continue
        for page in level.nearest("error_page"):
            hidden = sorted(_REFUSALS & set(page.arguments))
            if hidden:
                message = f"a page takes the place of the application's {', '.join(hidden)}"
                related = ((level.nearest("proxy_intercept_errors")[0], "lets it"),)
                yield offence(way, page, message, related=related, remedy="proxy_intercept_errors off;")


RULE = Rule("refusal-hidden", Severity.NOTE, _CAUSE, __doc__, _check)
