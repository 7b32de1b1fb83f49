"""Chooses which experiments to run next, and which mended handshake to go on from. Pure; sends nothing."""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from ws101 import experiments
from ws101.attempt import Attempt, Ending, Layer, Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.experiments import credentials, engineio, fields, host, origin, path, scheme, tls, way
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.target import own_host
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.terms import Family

_CONFIRMED = 4  # experiments that are made again, at most
STAGES = 3  # the first obstacle and two behind it; a fourth would cost a fifth round of connections

_CREDENTIALS_REFUSED = frozenset({401, 403})
_TOO_LARGE = frozenset({400, 413, 414, 431, 494, 500, 502})


def choose(evidence: Evidence) -> tuple[tuple[Experiment, Sending], ...]:
    """Return the experiments worth running on this evidence, most telling first, each with what it would send."""
    if evidence.baseline is None:
        return ()
    chosen: dict[str, tuple[Experiment, Sending]] = {}
    for experiment in _candidates(evidence, evidence.baseline):
        sending = experiment.apply(evidence.baseline.sending, evidence)
        if sending is not None and experiment.name not in evidence.attempts:
            chosen.setdefault(experiment.name, (experiment, sending))
    unsaid = _unsaid(evidence, [experiment.change for experiment, _ in chosen.values()])
    return tuple(pair for pair in chosen.values() if pair[0].change not in unsaid)


def _unsaid(evidence: Evidence, changes: Sequence[str]) -> frozenset[str]:
    """Return which changes were not announced: a redirect may bring a token, which the question does not hold."""
    if path.REDIRECT_TARGET.name not in evidence.overcome or evidence.baseline is None:
        return frozenset()
    others = experiments.for_addresses(evidence.baseline.sending, evidence)
    return frozenset(changes) - set(announce(evidence)) - {other.change for other in others}


def _candidates(evidence: Evidence, baseline: Attempt) -> tuple[Experiment, ...]:
    others = experiments.for_addresses(baseline.sending, evidence)
    if evidence.works:
        return (
            *((way.REPEAT,) if others else ()),
            *others,
            *(e for e in experiments.DAMAGES if evidence.saw is not None and not _strays(e, evidence)),
        )
    if baseline.layer in {Layer.NAME, Layer.TCP}:
        return (way.REPEAT, way.WITHOUT_PROXY, way.DIRECT, *others)
    if baseline.layer is Layer.FORWARD_PROXY:
        return (way.REPEAT, way.WITHOUT_PROXY, way.DIRECT)
    if baseline.layer is Layer.TLS:
        return (way.REPEAT, *experiments.REPAIRS_OF_TLS, *others)
    user = experiments.for_user_fields(baseline.sending)
    known = (
        *experiments.CONTROLS,
        way.DIRECT,
        *experiments.AT_THE_SERVER,
        *experiments.REPAIRS,
        *user,
        *others,
    )
    return tuple(e for e in known if _worth(e, evidence))


def _strays(experiment: Experiment, evidence: Evidence) -> bool:
    """Return whether an experiment asks an Engine.IO server for a path of nobody's, which it leaves without an answer.

    A proxy may take that server for failed, and pass nobody's request on to it for some time (nginx's fail_timeout).
    """
    baseline = evidence.baseline
    if experiment.name not in _TO_OTHER_PATHS or baseline is None or evidence.saw in {502, 504}:
        return False
    at_home = baseline.sending.request.path.endswith("/")  # the path of Engine.IO ends so by default
    toggles = experiment.name == path.SLASH.name
    return engineio.speaks_engineio(baseline.sending, evidence) and (at_home or not toggles)


def _worth(experiment: Experiment, evidence: Evidence) -> bool:
    """Return whether an experiment can tell anything about this refusal at the HTTP layer, and does no harm."""
    if _strays(experiment, evidence):
        return False
    condition = _WORTH.get(experiment.name)
    return condition is None or condition(evidence)


def _no_http(evidence: Evidence) -> bool:
    return evidence.answer is None or evidence.answer.kind is not Kind.HTTP


def _about_credentials(evidence: Evidence) -> bool:
    late = evidence.baseline is not None and evidence.baseline.upgraded
    # ws's documented idiom for a bad token is socket.destroy(): no word of it reaches the client.
    mute = evidence.ended(Layer.HTTP, Ending.CLOSED, Ending.RESET)
    return evidence.status in _CREDENTIALS_REFUSED or evidence.says is Says.CREDENTIALS or late or mute


_TO_OTHER_PATHS = frozenset(
    e.name for e in (path.NONSENSE_PATH, path.SLASH, path.DOUBLE_SLASH, path.UPPER_CASE, path.LOWER_CASE)
)

# What a server may close the connection at, though it answers the handshake itself: `socket.destroy()` at what it does not know.
_PROVOKING = _TO_OTHER_PATHS | {
    e.name for e in (path.NONSENSE_BELOW, credentials.WITHOUT, credentials.BROKEN, credentials.STALE)
}
_FAILED = frozenset({502, 504})

# What applies once an answer, or a certificate, calls for it.
_AFTER_AN_ANSWER = frozenset(
    experiment.name
    for experiment in (
        way.AFTER_PAUSE,
        path.REDIRECT_TARGET,
        host.CERTIFICATE_HOST,
        engineio.PARAMETERS,
        engineio.OTHER_VERSION,
        engineio.WITHOUT_SESSION,
    )
)

_WORTH: dict[str, Callable[[Evidence], bool]] = {
    path.NONSENSE_BELOW.name: lambda e: e.status in {200, 400, 403, 404, 405, 426, 500, 502, 503},
    scheme.PLAIN_INSTEAD.name: _no_http,
    way.PROXY_LINE.name: _no_http,
    tls.HOST_AS_NAME.name: lambda e: e.status in {403, 404, 421, 400} or _no_http(e),
    path.LOWER_CASE.name: lambda e: e.status in {400, 403, 404, 500, 502},
    credentials.IN_HEADER.name: _about_credentials,
    credentials.IN_QUERY.name: _about_credentials,
    credentials.IN_SUBPROTOCOL.name: _about_credentials,
    credentials.IN_COOKIE.name: _about_credentials,
    credentials.SHORT.name: lambda e: e.status in _TOO_LARGE or _no_http(e),
    host.HOST_WITHOUT_PORT.name: lambda e: e.status in {400, 403, 404, 421, 444} or _no_http(e),
    host.CERTIFICATE_HOST.name: lambda e: e.status in {400, 403, 404, 421} or _no_http(e),
    host.FOREIGN_HOST.name: lambda e: e.answered_by_proxy or _no_http(e) or e.status in {200, 404, 421},
    origin.OWN_ORIGIN_WITHOUT_PORT.name: lambda e: e.status in {400, 403},
    fields.MINIMAL.name: lambda e: e.status != 401,
    origin.OWN_ORIGIN.name: lambda e: e.status in {400, 403, 404, 401} or _no_http(e),
}


def provokes(evidence: Evidence, name: str) -> bool:
    """Return whether an experiment may make a server fail which answers the handshake: it is sent last.

    A proxy may set a server that failed aside, and then answers everything that follows in its place. Who asks which damage gives a
    status (--saw) asks for them all.
    """
    if evidence.works:
        return False
    redirected = evidence.status in {301, 302, 303, 307, 308}
    reached = not _no_http(evidence) and evidence.says is not Says.PLAIN_HTTP_TO_TLS
    fails = evidence.status in _FAILED
    return name in _PROVOKING and reached and not fails and not redirected


def provoked(stages: Sequence[Evidence]) -> Attempt | None:
    """Return the first experiment that met a failing server on the way of a handshake which itself met none."""
    healthy = [e for e in stages if not _no_http(e) and e.status not in _FAILED]
    tried = ((a, e.baseline) for e in healthy for a in e.attempts.values())
    return next((a for a, baseline in tried if baseline and _fails(a) and _on_the_way(a, baseline)), None)


def _fails(attempt: Attempt) -> bool:
    closed = attempt.layer is Layer.HTTP and attempt.ending in {Ending.CLOSED, Ending.RESET}
    return attempt.status in _FAILED or (closed and attempt.experiment in _PROVOKING)


def _on_the_way(attempt: Attempt, baseline: Attempt) -> bool:
    there, here = attempt.sending, baseline.sending
    return (there.host, there.port, there.tls is None) == (here.host, here.port, here.tls is None)


def announce(evidence: Evidence) -> tuple[str, ...]:
    """Return, in sentences, every experiment that could be sent for this question, whatever is met on the way."""
    asked = replace(evidence, baseline=None, attempts={}, look=None)
    every = (
        *experiments.CONTROLS,
        *experiments.AT_THE_SERVER,
        *experiments.REPAIRS_OF_TLS,
        *experiments.REPAIRS,
        *(experiments.DAMAGES if asked.saw is not None else ()),
        *experiments.for_user_fields(asked.sending),
    )
    sendings = _baselines(asked)
    possible = {
        e.name: e.change
        for e in every
        if e.name in _AFTER_AN_ANSWER or any(e.apply(sending, asked) for sending in sendings)
    }
    return (*possible.values(), "to each further address of the name")


def _baselines(asked: Evidence) -> tuple[Sending, ...]:
    """Return every sort of handshake that a stage can start from: the user's own, and what repairs make of it."""
    reached = newest = {asked.sending: None}
    for _ in range(STAGES - 1):
        newest = {mended: None for sending in newest for mended in _mended(sending, asked)}
        reached = {**reached, **newest}
    return tuple(reached)


def _mended(sending: Sending, asked: Evidence) -> Iterator[Sending]:
    repairs = (e for e in (*experiments.REPAIRS_OF_TLS, *experiments.REPAIRS) if e.name in _FURTHER)
    for mended in (*(repair.apply(sending, asked) for repair in repairs), *_redirected(sending, asked)):
        if mended is not None:
            yield mended


def _redirected(sending: Sending, asked: Evidence) -> Iterator[Sending | None]:
    """Return the handshake at each sort of place that a redirect may lead to: its scheme, its port and its path differ."""
    for scheme_of_place in ("http", "https"):
        for port in ("", f":{asked.port_meant(sending)}", ":101"):
            place = (
                f"{scheme_of_place}://{own_host(asked.target.host, 80, tls=False)}{port}//Elsewhere/?query"
            )
            answer = Answer(Kind.HTTP, status=302, headers=Headers.of([("Location", place)]))
            met = Attempt("baseline", sending, Layer.HTTP, Ending.ANSWERED, answer=answer)
            yield path.REDIRECT_TARGET.apply(sending, replace(asked, baseline=met))


def again(evidence: Evidence) -> tuple[Attempt, ...]:
    """Return what to send once more before a difference is believed: the unchanged handshake twice, then what differed.

    Where half of the answers come from a broken server, every second experiment differs by chance. Silence is not waited
    for twice: it mends nothing, and nothing follows from it. What mends is sent a third time behind what is sent last.
    """
    repeat = evidence.tried("repeat")
    if evidence.works or repeat is None or not evidence.stable or evidence.moves(way.AFTER_PAUSE.name):
        return ()
    repairs = [(name, a) for name, a in evidence.attempts.items() if a.family is Family.REPAIR]
    more = any(provokes(evidence, name) for name in evidence.attempts)
    differed = [
        a
        for name, a in repairs
        if evidence.moves(name)
        and a.ending is not Ending.SILENT
        and (not evidence.again or (more and a.works))
        and not (provokes(evidence, name) and _fails(a))
    ]
    return (repeat, repeat, *sorted(differed, key=lambda a: not a.works)[:_CONFIRMED]) if differed else ()


def next_stage(evidence: Evidence) -> Evidence | None:
    """Return the evidence with its first obstacle overcome and no experiments yet; None when nothing got further."""
    if evidence.works or evidence.baseline is None:
        return None
    if any(evidence.mends(name) for name in evidence.attempts):
        return None
    for name, gets_further in _FURTHER.items():
        attempt = evidence.tried(name)
        if attempt is None or attempt.works or attempt.family is not Family.REPAIR:
            continue
        if evidence.moves(name) and evidence.stable and gets_further(evidence, attempt):
            mended = replace(attempt, family=Family.BASELINE)
            return replace(
                evidence,
                baseline=mended,
                attempts={},
                again={},
                trace=None,
                overcome=(*evidence.overcome, name),
            )
    return None


def _reaches_http(evidence: Evidence, attempt: Attempt) -> bool:
    """From no HTTP, or from a listener that wants the other scheme, to an HTTP answer."""
    if evidence.baseline is not None and attempt.sending.request != evidence.baseline.sending.request:
        return False  # the credentials were held back, so what refuses next cannot be seen
    was_obstacle = _no_http(evidence) or evidence.says is Says.PLAIN_HTTP_TO_TLS
    before = evidence.baseline
    behind_scheme = before is not None and before.sending.tls is None and attempt.sending.tls is not None
    said = recognise(attempt.answer)
    wants_tls = said is not None and said.says is Says.PLAIN_HTTP_TO_TLS
    return (was_obstacle or behind_scheme) and _answers_http(attempt) and not wants_tls


def _answers_http(attempt: Attempt) -> bool:
    return (
        attempt.layer is Layer.HTTP and attempt.ending is Ending.ANSWERED and attempt.answer.kind is Kind.HTTP
    )


def _passes_credentials(evidence: Evidence, attempt: Attempt) -> bool:
    refused = evidence.status in _CREDENTIALS_REFUSED
    return (
        refused
        and _answers_http(attempt)
        and attempt.status not in _CREDENTIALS_REFUSED | {500, 502, 503, 504}
    )


def _leaves_redirect(evidence: Evidence, attempt: Attempt) -> bool:
    return (
        evidence.status in {301, 302, 303, 307, 308}
        and _answers_http(attempt)
        and attempt.status not in {301, 302, 303, 307, 308, 404}
        and not _is_landing(evidence, attempt)
    )


def _is_landing(evidence: Evidence, attempt: Attempt) -> bool:
    """Return whether a redirect led to a page elsewhere, such as a login: nothing that refuses the handshake."""
    before = evidence.baseline.sending.request.path if evidence.baseline else ""
    page = attempt.status is not None and 200 <= attempt.status < 300
    return page and attempt.sending.request.path.rstrip("/") != before.rstrip("/")


def _shows_next_directly(evidence: Evidence, attempt: Attempt) -> bool:
    """Past the proxy, the server refuses for the credentials, which the proxy's way had no chance to show."""
    before, after = evidence.status, attempt.status
    return before not in _CREDENTIALS_REFUSED and after in _CREDENTIALS_REFUSED and _answers_http(attempt)


def _leaves_bad_request(evidence: Evidence, attempt: Attempt) -> bool:
    return (
        evidence.status in {400, 405, 426, 501, 505}
        and _answers_http(attempt)
        and attempt.status in _CREDENTIALS_REFUSED
    )


_FURTHER: dict[str, Callable[[Evidence, Attempt], bool]] = {
    way.WITHOUT_PROXY.name: lambda _, attempt: _answers_http(attempt),
    scheme.TLS_INSTEAD.name: lambda e, attempt: (
        e.wants_tls and (_reaches_http(e, attempt) or attempt.verify_code is not None)
    ),
    tls.NOT_DATES.name: _reaches_http,
    tls.NOT_NAME.name: _reaches_http,
    tls.NOT_AUTHORITY.name: _reaches_http,
    tls.SYSTEM_STORE.name: _reaches_http,
    tls.HOST_AS_NAME.name: _reaches_http,
    tls.WITHOUT_NAME.name: _reaches_http,
    tls.UNVERIFIED.name: _reaches_http,
    tls.OLD_VERSIONS.name: _reaches_http,
    scheme.PLAIN_INSTEAD.name: _reaches_http,
    way.PROXY_LINE.name: lambda e, attempt: e.takes_proxy_line and _reaches_http(e, attempt),
    path.REDIRECT_TARGET.name: _leaves_redirect,
    path.SLASH.name: _leaves_redirect,
    fields.HTTP_1_1.name: _leaves_bad_request,
    fields.RIGHT_UPGRADE.name: _leaves_bad_request,
    fields.RIGHT_CONNECTION.name: _leaves_bad_request,
    fields.RIGHT_KEY.name: _leaves_bad_request,
    fields.RIGHT_VERSION.name: _leaves_bad_request,
    credentials.TIDY.name: _passes_credentials,
    credentials.FRESH.name: _passes_credentials,
    credentials.IN_HEADER.name: _passes_credentials,
    credentials.IN_QUERY.name: _passes_credentials,
    origin.WITHOUT_ORIGIN.name: _passes_credentials,
    origin.OWN_ORIGIN.name: _passes_credentials,
    way.DIRECT.name: _shows_next_directly,
}
