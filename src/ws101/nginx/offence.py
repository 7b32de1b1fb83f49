"""Makes an offence of what a rule found, with the edits that mend it; and the questions that several rules ask of a way."""

from ws101.nginx.model import Level
from ws101.nginx.repairs import repair
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
    """Return the offence that this handshake shows, with what mends this cause for it."""
    mended = repair(way.let_in, cause) if cause else None
    edits, safe = (mended.edits, mended.safe) if mended else ((), False)
    return Offence(directive, message, related, edits, safe, remedy, way, severity)


def field_line(level: Level, name: str) -> Directive | None:
    """Return the `proxy_set_header` in force for a field."""
    lines = level.nearest("proxy_set_header")
    return next(
        (line for line in lines if line.arguments and line.arguments[0].lower() == name.lower()), None
    )


def shadowed_line(sent: Upstream, name: str) -> Directive | None:
    """Return the line of an outer block for a field, which the lines in force replace."""
    return next(
        (line for line in sent.shadowed if line.arguments and line.arguments[0].lower() == name.lower()), None
    )


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
