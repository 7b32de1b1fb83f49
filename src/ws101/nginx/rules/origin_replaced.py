"""The client's Origin is taken away or replaced.

## What happens
A server that wants an Origin refuses the handshake with 403; one that checks it lets every site in, for it sees a constant.

## Why
`proxy_set_header Origin "";` or a constant is a known way round an Origin check that failed because Host was rewritten.

## How we know
The line in force at the socket's location; the handshake has an Origin as browsers send it.

## What to do
Send the client's own Host, and let Origin through, so that the server can keep other sites out.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, known, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        line, value = field_line(level, "Origin"), sent.field("Origin")
        if line is None or not known(value) or value == way.route.ask.headers.get("origin"):
            continue
        message = f"the client's Origin is {'replaced by ' + str(value) if value else 'taken away'}"
        yield offence(way, line, message, remedy="remove the line, and proxy_set_header Host $http_host;")


RULE = Rule("origin-replaced", Severity.NOTE, "origin-rejected", __doc__, _check)
