"""The query of the socket's URL is lost.

## What happens
A token in the query never arrives (401, 400); Socket.IO answers 400 with code 0, for its `EIO` and `transport` are gone.

## Why
A `proxy_pass` with variables sends exactly what stands there: `http://app$uri` has no query. A `rewrite` whose target ends with
`?` drops it, too.

## How we know
The handshake is led through the configuration with a query, and the upstream's request line is read.

## What to do
`proxy_pass http://app$request_uri;`, or `$uri$is_args$args`.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import asked_again
from ws101.nginx.variable import names_in

_CAUSE = "proxy-strips-query"
_MARK = "v=ws101"  # no name of a secret, which would be taken out where it is shown


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, _ in scene.passed:
        target = way.route.ask.target
        if target == sent.target and not names_in(sent.by.arguments[0]):
            continue  # it goes on as it came
        again = asked_again(way, scene.model, target=f"{target}{'&' if '?' in target else '?'}{_MARK}")
        got = again.upstream
        if not isinstance(got, Upstream) or got.by is not sent.by or not isinstance(got.target, str):
            continue
        if _MARK not in got.target:
            message = f"the query is lost: {again.route.ask.target} becomes {got.target}"
            yield offence(
                again, sent.by, message, _CAUSE, remedy="$is_args$args behind $uri, or $request_uri"
            )


RULE = Rule("query-stripped", Severity.WARNING, _CAUSE, __doc__, _check)
