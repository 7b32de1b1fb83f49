"""Handshakes of all sorts to experiment on, and the evidence that comes with them."""

from hypothesis import strategies as st
from msgspec.structs import replace

from causes.building import HOST, make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.connecting import PROXY, dialled, make_certificate, make_look
from tokens.minting import minted
from ws101.attempt import Ending, Layer, TlsSettings, Verify
from ws101.handshake.answer import NOTHING
from ws101.verdict.plan import choose

TOKEN = minted()
SETTINGS = TlsSettings(HOST, HOST, ca_file="own.pem")
DIRECT = replace(
    make_sending(make_request(target="/"), tls=False, port=9000), host="server.test", address="127.0.0.1"
)


def seen(sending=None, answer=None, **known):
    """Return the evidence of a handshake that met this answer; a refusal unless one is given."""
    attempt = make_attempt(answer=make_answer(400) if answer is None else answer, sending=sending)
    return make_evidence(attempt, **known)


def tried(experiment, sending=None, answer=None, **known):
    """Return what the experiment sends in place of this handshake, or None."""
    sending = sending or make_sending()
    return experiment.apply(sending, seen(sending, answer, **known))


def sent(experiment, sending=None, answer=None, **known):
    """Return the experiment's sending, which there must be."""
    found = tried(experiment, sending, answer, **known)
    assert found is not None
    return found


def changed(before, after):
    """Return the names of the fields in which two values of one shape differ."""
    return {name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)}


def asking(*headers, **kwargs):
    return make_sending(make_request(*headers, **kwargs))


# ---- all sorts

_FIELDS = (
    ("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer Bearer {TOKEN}"), ("Authorization", f'"{TOKEN}"'),
    ("Authorization", "Basic YTpi"), ("Cookie", f"a=b; token={TOKEN}"), ("Cookie", "a=b"), ("Origin", "https://elsewhere.test"),
    ("Origin", f"https://{HOST}"), ("Sec-WebSocket-Protocol", f"bearer, {TOKEN}"), ("Sec-WebSocket-Protocol", "chat"),
    ("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Extensions", ""), ("Content-Length", "5"),
    ("Content-Type", "text/plain"), ("User-Agent", "client/1"), ("X-Forwarded-For", "10.0.0.1"), ("Token", "x"), ("Body", "x"),
    ("X-One", "1"), ("X-One", "2"), ("Upgrade", "WebSocket"), ("Upgrade", "h2c"), ("Connection", "keep-alive, Upgrade"),
    ("Connection", "close"), ("Sec-WebSocket-Key", "short"), ("Sec-WebSocket-Version", "8"), ("Host", "other.test:8443"),
    ("Host", "[::1]:8443"), ("Host", "192.0.2.7"), ("Host", HOST.upper()),
)  # fmt: skip
_REMOVABLE = ("Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
_TARGETS = (
    "/", "//", "/ws", "/ws/", "/WS//a/", "/ws?", "/ws?a=b", f"/ws?token={TOKEN}", "/socket.io/?EIO=3&transport=polling&sid=x",
    "/socket.io/?EIO=4&transport=websocket", "/?token=x&token=y",
)  # fmt: skip
_LOCATIONS = (
    f"https://{HOST}/ws/",
    "/login",
    "ws/",
    f"http://{HOST}:8080/",
    "https://elsewhere.test/",
    "mailto:x",
    "",
)


@st.composite
def sendings(draw):
    """Handshakes right and wrong, however they are sent."""
    request = make_request(
        *draw(st.lists(st.sampled_from(_FIELDS), max_size=5)),
        without=draw(st.sets(st.sampled_from(_REMOVABLE), max_size=2)),
        target=draw(st.sampled_from(_TARGETS)),
        version=draw(st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0"])),
    )
    tls = draw(st.booleans())
    sending = make_sending(
        request, tls=tls, port=draw(st.sampled_from([0, 8443])), http2=tls and draw(st.booleans())
    )
    if sending.tls:
        verify = draw(st.sampled_from([Verify.ALL, Verify.ALL, Verify.NOTHING]))
        ca_file = draw(st.sampled_from([None, "own.pem"]))
        name = draw(st.sampled_from([HOST, None]))
        sending = replace(sending, tls=replace(sending.tls, verify=verify, ca_file=ca_file, server_name=name))
    host = draw(st.sampled_from([HOST, HOST, "::1", "127.0.0.1"]))
    proxy = draw(st.sampled_from([None, None, PROXY]))
    return replace(sending, host=host, forward_proxy=proxy)


@st.composite
def attempts(draw):
    """What a handshake of any sort met."""
    sending = draw(sendings())
    status = draw(
        st.sampled_from([101, 200, 301, 302, 400, 401, 403, 404, 421, 426, 429, 431, 502, 503, None])
    )
    if status is None:
        layer = draw(st.sampled_from(list(Layer)))
        ending = draw(st.sampled_from([Ending.CLOSED, Ending.SILENT, Ending.REFUSED, Ending.TLS_FAILED]))
        return make_attempt(answer=NOTHING, sending=sending, layer=layer, ending=ending)
    headers = {"Location": draw(st.sampled_from(_LOCATIONS))} if 300 < status < 400 else {}
    body = draw(st.sampled_from(["", "invalid token", '{"code":0,"message":"Transport unknown"}']))
    return make_attempt(answer=make_answer(status, body, headers), sending=sending)


@st.composite
def evidences(draw):
    """Evidence of all sorts before any experiment but the repeat."""
    known = {
        "tls_settings": SETTINGS,
        "look": draw(st.sampled_from([None, make_look(make_certificate(names=("site.test",)))])),
        "direct": draw(
            st.sampled_from([None, DIRECT, replace(DIRECT, request=make_request(target="/inner"))])
        ),
        "fresh_token": draw(st.sampled_from([None, "fresh"])),
        "stale_token": draw(st.sampled_from([None, "stale"])),
        "saw": draw(st.sampled_from([None, 401])),
        **draw(st.sampled_from([{}, dialled(("127.0.0.1", None), ("::1", None))])),
    }
    return make_evidence(draw(attempts()), **known)


@st.composite
def examined(draw):
    """Evidence of all sorts with every experiment that the plan chose made, each met by anything."""
    evidence = draw(evidences())
    outcomes = draw(st.lists(attempts(), min_size=1, max_size=4))
    made = dict(evidence.attempts)
    for experiment, sending in choose(evidence):
        met = draw(st.sampled_from([evidence.baseline, *outcomes]))
        made[experiment.name] = replace(
            met,
            experiment=experiment.name,
            family=experiment.family,
            change=experiment.change,
            sending=sending,
        )
    return replace(evidence, attempts=made)
