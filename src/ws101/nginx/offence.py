"""Makes an offence of what a rule found in a way, and answers the questions that several rules ask of one."""

from collections.abc import Sequence

from ws101.nginx.model import Level
from ws101.nginx.repairs import BY_CAUSE
from ws101.nginx.rule import Offence, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import Way
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown

Related = tuple[tuple[Directive, str], ...]


def offence(
    way: Way, directive: Directive, message: str, cause: str = "", *, related: Related = (), remedy: str = "",
    severity: Severity | None = None,
) -> Offence:  # fmt: skip
    """Return the offence that this handshake shows; `cause` is what a repair would take away."""
    return Offence(
        directive,
        message,
        related,
        remedy=remedy,
        way=way,
        severity=severity,
        mends=cause if cause in BY_CAUSE else "",
    )


def field_line(level: Level, name: str) -> Directive | None:
    """Return the `proxy_set_header` in force for a field."""
    return _about(level.nearest("proxy_set_header"), name)


def shadowed_line(sent: Upstream, name: str) -> Directive | None:
    """Return the line of an outer block for a field, which the lines in force replace."""
    return _about(sent.shadowed, name)


def _about(lines: Sequence[Directive], name: str) -> Directive | None:
    wanted = name.lower()
    return next((line for line in lines if len(line.texts) > 1 and line.texts[1].lower() == wanted), None)


def value_text(line: Directive) -> str:
    """Return what a `proxy_set_header` sets, as it is written."""
    return line.arguments[1] if len(line.arguments) > 1 else ""


def says_upgrade(connection: object) -> bool:
    """Whether a Connection's value names `upgrade`."""
    return isinstance(connection, str) and "upgrade" in {
        token.strip().lower() for token in connection.split(",")
    }


def known(value: object) -> bool:
    """Whether a value could be told from configuration and request; None is a field that is not sent."""
    return not isinstance(value, Unknown)
