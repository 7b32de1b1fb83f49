"""The rewrite module's directives, run in their order as nginx runs its script (ngx_http_rewrite_module.c)."""

from collections.abc import Callable
from enum import Enum, auto

from ws101.nginx.model import Level
from ws101.nginx.outcome import Answered, Outcome, Undecided
from ws101.nginx.pattern import search
from ws101.nginx.state import State
from ws101.nginx.tree import Directive
from ws101.nginx.uri import escape_argument, unescape_redirect
from ws101.nginx.value import Unknown, Value
from ws101.nginx.variable import UNSETTLED, expand

Say = Callable[[str, Directive], None]
_ABROAD = ("http://", "https://", "$scheme")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Refused(Exception):  # noqa: N818 - it ends a phase, as a status does in nginx; error_page may take it up
    """A status that nginx's special responses deal with; a `location` that is empty replaces an earlier one, None does not."""

    def __init__(self, status: int, by: Directive | None = None, location: str | None = None) -> None:
        super().__init__(status)
        self.status, self.by, self.location = status, by, location


class _Then(Enum):
    ON = auto()
    END = auto()


def run(state: State, level: Level, say: Say) -> Outcome | None:
    """Run the script of a block; return an outcome where it answers, None where the request goes on. Raises Refused."""
    state.escapes = True
    got = _run(state, level, say)
    return None if isinstance(got, _Then) else got


def _run(state: State, level: Level, say: Say) -> Outcome | _Then:
    for directive in level.script:
        got = _STEPS[directive.name](state, level, directive, say)
        if got is not _Then.ON:
            return got
    return _Then.ON


def _set(state: State, _: Level, directive: Directive, __: Say) -> Outcome | _Then:
    name, text = directive.arguments[0].lstrip("$"), directive.arguments[1]
    value = _operand(state, text)
    if isinstance(value, Unknown) and value.why == UNSETTLED:
        return Undecided(value.why, directive)  # nginx answers 500 where it grows while it is written
    if name != "args":
        state.values[name] = value
    elif isinstance(value, Unknown):
        return Undecided(f"what the arguments become: {value.why}", directive)
    else:
        state.args, state.untouched = value, False  # ngx_http_variable_set_args
    return _Then.ON


def _break(state: State, _: Level, directive: Directive, say: Say) -> Outcome | _Then:
    say("the rewriting ends here", directive)
    if state.changed:  # ngx_http_script_break_code, from nginx 1.17.7
        state.in_location = state.changed = False
    return _Then.END


def _return(state: State, _: Level, directive: Directive, say: Say) -> Outcome | _Then:
    words = directive.arguments
    if not words[0].isdigit():
        words = ("302", *words)
    status = int(words[0])
    text = expand(state, words[1]) if len(words) > 1 else ""
    say(f"nginx answers {status}", directive)
    if isinstance(text, Unknown):
        return Answered(status, directive) if status not in _REDIRECTS else Undecided(text.why, directive)
    if status in _REDIRECTS:
        raise Refused(status, directive, absolute(state, text))
    if status >= 400 and (len(words) == 1 or not words[1]):
        raise Refused(status, directive)
    return Answered(status, directive)


def _if(state: State, level: Level, directive: Directive, say: Say) -> Outcome | _Then:
    holds = condition(state, directive)
    if isinstance(holds, Unknown):
        return Undecided(f"whether this condition holds: {holds.why}", directive)
    say("the condition holds" if holds else "the condition does not hold", directive)
    if not holds:
        return _Then.ON
    inner = level.condition(directive)
    if level.kind != "server":
        state.enter(inner)
    return _run(state, inner, say)


def _rewrite(state: State, _: Level, directive: Directive, say: Say) -> Outcome | _Then:
    pattern, replacement, *flags = directive.arguments
    flag = flags[0] if flags else ""
    match = search(pattern, state.uri)
    if isinstance(match, Unknown):
        return Undecided(match.why, directive)
    if match is None:
        state.captures = ()
        return _Then.ON
    state.remember(match)
    state.escapes = False
    redirects = replacement.startswith(_ABROAD) or flag in {"redirect", "permanent"}
    adds = not replacement.endswith("?")
    replacement = replacement if adds else replacement[:-1]
    if redirects:
        status = 301 if flag == "permanent" else 302
        return _redirect(state, directive, replacement, say, adds=adds, status=status)
    path, query, args = replacement.partition("?")
    new_path, new_args = expand(state, path), _arguments(state, args)
    for value in (new_path, new_args):
        if isinstance(value, Unknown):
            return Undecided(f"what the path becomes: {value.why}", directive)
    assert isinstance(new_path, str)
    assert isinstance(new_args, str)
    if query:
        state.args = f"{new_args}&{state.args}" if adds and state.args else new_args
    elif not adds:
        state.args = ""
    if not new_path:
        raise Refused(500, directive)
    say(f"the path becomes {new_path}", directive)
    state.uri, state.internal, state.untouched = new_path, True, False
    if flag == "break":
        state.in_location = state.changed = False
    else:
        state.changed = True
    return _Then.END if flag in {"last", "break"} else _Then.ON


def _arguments(state: State, text: str) -> Value:
    """Expand what stands behind the `?`: there captures are escaped where the request's path was (or held a plus)."""
    return expand(state, text, escape_argument if state.quoted or state.plus else str)


def _operand(state: State, text: str) -> Value:
    """Expand what a block's script sets or compares with: captures are escaped likewise, up to its first rewrite."""
    return _arguments(state, text) if state.escapes else expand(state, text)


def _redirect(state: State, directive: Directive, text: str, say: Say, *, adds: bool, status: int) -> Outcome:
    value = _arguments(state, text)
    if isinstance(value, Unknown):
        return Undecided(f"where it redirects to: {value.why}", directive)
    location = unescape_redirect(value)
    if adds and state.args:
        location += ("&" if "?" in text else "?") + state.args
    say(f"nginx redirects to {location}", directive)
    state.internal, state.untouched = (
        True,
        False,
    )  # for an error page: a redirect leaves the marks of a rewrite, too
    raise Refused(status, directive, absolute(state, location))


_STEPS: dict[str, Callable[[State, Level, Directive, Say], Outcome | _Then]] = {
    "set": _set,
    "break": _break,
    "return": _return,
    "if": _if,
    "rewrite": _rewrite,
}


def condition(state: State, directive: Directive) -> bool | Unknown:
    """Return whether the condition of an `if` holds."""
    words = _inside(directive.arguments)
    if len(words) == 2 and words[0].lstrip("!") in {"-f", "-d", "-e", "-x"}:
        return Unknown("it asks for a file")
    value = expand(state, words[0])
    if isinstance(value, Unknown):
        return value
    if len(words) == 1:
        return value not in {"", "0"}
    operator, operand = words[1], words[2]
    if operator in {"=", "!="}:
        wanted = _operand(state, operand)
        return wanted if isinstance(wanted, Unknown) else (value == wanted) is (operator == "=")
    match = search(operand, value, caseless=operator.endswith("*"))
    if isinstance(match, Unknown):
        return match
    if match:
        state.remember(match)
    else:
        state.captures = ()
    return (match is not None) is not operator.startswith("!")


def _inside(words: tuple[str, ...]) -> list[str]:
    """Take the parentheses off, which may be words of their own."""
    inner = list(words)
    inner[0] = inner[0].removeprefix("(")
    inner[-1] = inner[-1].removesuffix(")")
    return [word for at, word in enumerate(inner) if word or 0 < at < len(inner) - 1]


def absolute(state: State, location: str) -> str:
    """Return a Location as nginx sends it: one that begins with a slash gets scheme, host and port."""
    level = state.level
    if not location.startswith("/") or level.setting("absolute_redirect", "on") == "off":
        return location
    named = level.setting("server_name_in_redirect", "off") == "on"
    host = state.server.own_name if named else state.host or state.ask.address or ""
    scheme, port = state.ask.scheme, state.ask.port
    shown = level.setting("port_in_redirect", "on") == "on" and port != _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}{f':{port}' if shown else ''}{location}"
