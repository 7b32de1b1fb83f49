"""A secret that is given in any way, and sent back by the peer in any form, is in no output, no file and no repr."""

import base64
import html
import json
import re
import secrets
import textwrap
import time
from urllib.parse import quote, unquote

import pytest

from cli.peers import Peer, answering, part, read_head, switch
from cli.running import FORMATS, QUICK
from tokens.minting import minted
from ws101 import cli
from ws101.checkup import Examination
from ws101.cli import check
from ws101.cli.asking import question

WINDOW, STEP = 10, 3  # characters in a row of a secret that count as a leak, wherever a third one begins
LONG = " ".join(secrets.token_hex(8) for _ in range(40))


def jwt(**claims):
    return minted(
        secrets.token_hex(32).encode(),
        jti=secrets.token_hex(8),
        iat=int(time.time()),
        exp=int(time.time()) + 600,
        **claims,
    )


def word():
    return secrets.token_urlsafe(24).strip("-_")


# ---- who asks: each returns the arguments and the secrets in them


def by_flags(port, tmp_path, monkeypatch):
    token, query, cookie, protocol = jwt(), word(), word(), word()
    return [
        f"ws://127.0.0.1:{port}/ws?room=1&token={query}", "--token", token, "-H", f"Cookie: theme=dark; session={cookie}",
        "--subprotocol", "chat", "--subprotocol", "bearer", "--subprotocol", protocol,
    ], [token, query, cookie, protocol]  # fmt: skip


def by_file(port, tmp_path, monkeypatch):
    token, api_key = jwt(about=LONG), word()
    (tmp_path / "token").write_text(token + "\n")
    return [
        f"ws://127.0.0.1:{port}/ws",
        "--token-file",
        str(tmp_path / "token"),
        "-H",
        f"X-Api-Key: {api_key}",
    ], [token, api_key]


def by_environment(port, tmp_path, monkeypatch):
    token, protocol = f"opaque.{word()}", jwt()
    monkeypatch.setenv("MY_TOKEN", token)
    return [
        f"ws://127.0.0.1:{port}/ws?access_token={quote(token)}", "--token-env", "MY_TOKEN",
        "--subprotocol", f"base64url.bearer.authorization.k8s.io.{protocol}",
    ], [token, protocol]  # fmt: skip


def by_userinfo(port, tmp_path, monkeypatch):
    password, query = f"p@ss:{word()}", jwt()
    return [f"ws://alice:{quote(password, safe='')}@127.0.0.1:{port}/ws?jwt={query}"], [password, query]


def by_header(port, tmp_path, monkeypatch):
    token, cookie = jwt(), jwt()
    return [
        f"http://127.0.0.1:{port}/", "-H", f"Authorization: Token token={token}", "-H", f"Cookie: access_token={cookie}",
    ], [token, cookie]  # fmt: skip


def by_basic(port, tmp_path, monkeypatch):
    password = word()
    pair = base64.b64encode(f"alice:{password}".encode()).decode()
    return [f"ws://127.0.0.1:{port}/ws", "-H", f"Authorization: Basic {pair}"], [password, pair]


def by_key(port, tmp_path, monkeypatch):
    key = secrets.token_urlsafe(32).strip("-_")
    token = minted(key.encode(), iat=1, exp=2, jti=word())
    (tmp_path / "key").write_text(key + "\n")
    (tmp_path / "token").write_text(token)
    return [
        f"ws://127.0.0.1:{port}/ws", "--token-file", str(tmp_path / "token"), "--jwt-secret-file", str(tmp_path / "key"),
    ], [token, key]  # fmt: skip


CLIENTS = {
    client.__name__: client
    for client in (by_flags, by_file, by_environment, by_userinfo, by_header, by_basic, by_key)
}


# ---- how a peer sends it back

HEAD = b"HTTP/1.1 %s\r\nServer: echo\r\n%sConnection: close\r\n\r\n"


def in_body(change, status="401 Unauthorized", kind="text/plain"):
    def answer(head, known):
        text = "\n".join([*(change(secret) for secret in known), change(head.decode("latin-1"))])
        return HEAD % (status.encode(), f"Content-Type: {kind}\r\n".encode()) + text.encode(
            "utf-8", "replace"
        )

    return answer


def in_fields(head, known):
    lines = head.decode("latin-1").split("\r\n")[:-2]
    echoed = [f"X-Echo-{n}: {line}" for n, line in enumerate(lines)] + [
        f"Set-Cookie: s={secret}" for secret in known
    ]
    return HEAD % (
        b"401 Unauthorized",
        "".join(f"{line}\r\n" for line in echoed).encode("latin-1", "replace"),
    )


def in_challenge(head, known):
    said = ", ".join(f'error_description="the token {secret} is expired"' for secret in known)
    return HEAD % (b"401 Unauthorized", f"WWW-Authenticate: Bearer error=invalid_token, {said}\r\n".encode())


def in_reason(head, known):
    return HEAD % (f"403 {' '.join(known)}".encode(), b"")


def in_location(head, known):
    target = head.split(b" ")[1].decode() if head.startswith(b"GET") else ""
    places = quote("&".join(known))
    return HEAD % (b"302 Found", f"Location: /login?next={quote(target, safe='')}&who={places}\r\n".encode())


def in_close(head, known):
    reason = f"bad {known[0]}".encode()[:123]
    return switch(head) + bytes([0x88, len(reason) + 2]) + (4401).to_bytes(2, "big") + reason


def in_frame(head, known):
    text = " ".join(known).encode()[:65535]
    return switch(head) + b"\x81\x7e" + len(text).to_bytes(2, "big") + text


def in_record(head, known):
    """A refusal that names a record, both with all the secrets in them, as no sound server would have them."""
    said = " ".join(known)
    if b"/api/v1/handshakes/" not in head:
        trace = "/api/v1/handshakes/4f1c8e0a2b7d4c59"
        document = {"type": "urn:ws101:cause:token-missing", "title": said, "detail": said, "trace": trace}
        kind = b"Content-Type: application/problem+json\r\n"
        return HEAD % (b"401 Unauthorized", kind) + json.dumps(document).encode()
    places = ["Authorization", "Cookie", "X-Other", "Connection", "Sec-WebSocket-Key"]
    fields = [{"name": name, "value": f"s={secret}"} for name in places for secret in known]
    request = {"method": said, "target": f"/ws?token={known[0]}&x={said}", "version": said, "headers": fields}
    return HEAD % (b"200 OK", b"") + json.dumps({"traceId": said, "request": request}).encode()


def as_greeting(head, known):
    return b"220 hello " + " ".join(known).encode() + b"\r\n"


def escaped(text):
    return "".join(f"\\u{ord(c):04x}" for c in text)


ECHOES = {
    "plain": in_body(str),
    "percent": in_body(lambda text: quote(text, safe="")),
    "percent of everything": in_body(lambda text: "".join(f"%{byte:02X}" for byte in text.encode())),
    "base64": in_body(lambda text: base64.b64encode(text.encode()).decode()),
    "base64url after a word": in_body(lambda text: base64.urlsafe_b64encode(f"x:{text}".encode()).decode()),
    "JSON": in_body(lambda text: json.dumps({"request": text, "inner": json.dumps(text)}), kind="application/json"),
    "JSON escapes": in_body(escaped),
    "HTML": in_body(lambda text: f"<p>{html.escape(text)}</p>", kind="text/html"),
    "lines of 60": in_body(lambda text: "\n".join(textwrap.wrap(text, 60))),
    "lines of 20": in_body(lambda text: "\n".join(textwrap.wrap(text, 20))),
    "400": in_body(str, status="400 Bad Request"),
    "fields": in_fields,
    "challenge": in_challenge,
    "reason": in_reason,
    "location": in_location,
    "close": in_close,
    "frame": in_frame,
    "record": in_record,
    "greeting": as_greeting,
}  # fmt: skip


def unescaped(text):
    return re.sub(
        r"\\[ux]([0-9a-fA-F]{2,4})",
        lambda m: chr(int(m[1], 16)),
        text.replace('\\"', '"').replace("\\\\", "\\"),
    )


def from_base64(text):
    """Everything in a text that can be read as base64, read so, at each place where it may begin."""
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", text):
        for start in range(4):
            part = run[start : start + (len(run) - start) // 4 * 4].replace("-", "+").replace("_", "/")
            yield base64.b64decode(part).decode("latin-1")


def views(text):
    plain = [
        text,
        unquote(text),
        html.unescape(text),
        unescaped(text),
        unescaped(unescaped(text)),
        unquote(unescaped(text)),
    ]
    return [*plain, "\n".join(from_base64(text))]


def check_clean(text, known):
    seen = views(text)
    for secret in known:
        for at in range(0, len(secret) - WINDOW + 1, STEP):
            piece = secret[at : at + WINDOW]
            assert not any(piece in view for view in seen), (
                f"{piece} at {at} of a secret of {len(secret)} characters"
            )


def test_the_check_itself_finds_what_it_looks_for():
    secret = word()
    for form in (
        secret,
        quote(secret),
        escaped(secret),
        base64.b64encode(f"ab{secret}".encode()).decode(),
        secret[5:16],
        html.escape(secret),
    ):
        with pytest.raises(AssertionError):
            check_clean(f"before {form} after", [secret])
    check_clean("before [token 12ab] after", [secret])


RICHEST = ("by_flags", "by_file")
USUAL = ("plain", "percent", "base64", "JSON escapes", "lines of 20", "fields", "record")


@pytest.mark.parametrize(
    ("client", "echo"), [(c, e) for c in CLIENTS for e in ECHOES if c in RICHEST or e in USUAL]
)
def test_a_secret_is_in_no_output(ws101, tmp_path, monkeypatch, client, echo):
    known = []

    def handle(connection, _):
        head = read_head(connection)
        fresh = re.findall(rb"eyJ[\w.-]+", head)
        known.extend(
            token.decode() for token in fresh if token.decode() not in known and token.count(b".") == 2
        )
        connection.sendall(ECHOES[echo](head, list(known)))
        part(connection)

    path = tmp_path / "run.json"
    with Peer(handle) as peer:
        arguments, given = CLIENTS[client](peer.port, tmp_path, monkeypatch)
        known.extend(given)
        ran = ws101("check", *arguments, *QUICK, "--save", path)
        dry = ws101("check", *arguments, "--dry-run")
    assert ran.status in {1, 3}
    assert dry.status == 0
    assert peer.connections > 2
    whole = ran.said + dry.said + path.read_text()
    for name in FORMATS:
        whole += ws101("report", path, "--format", name).said
    known = [secret for secret in known if "ws101" not in secret]
    check_clean(whole, known)
    assert "[token " in whole


@pytest.mark.parametrize("echo", ["plain", "base64", "fields", "reason"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_forward_proxys_password_is_in_no_output(ws101, tmp_path, echo, scheme):
    password = f"p/w:{word()}"
    known = [password, base64.b64encode(f"bob:{password}".encode()).decode()]
    path = tmp_path / "run.json"
    with Peer(
        answering(lambda head: ECHOES[echo](head, known).replace(b"401 Unauthorized", b"407 Proxy"))
    ) as proxy:
        given = [
            "check",
            f"{scheme}://127.0.0.1:1/",
            "-x",
            f"http://bob:{quote(password, safe='')}@127.0.0.1:{proxy.port}",
            *QUICK,
        ]
        ran = ws101(*given, "--save", path)
        dry = ws101(*given, "--dry-run")
    assert ran.status in {1, 3}
    whole = ran.said + dry.said + path.read_text()
    whole += "".join(ws101("report", path, "--format", name).said for name in FORMATS)
    check_clean(whole, known)


def test_a_certificate_that_repeats_a_secret(ws101, tmp_path):
    from cli.test_hostile_peers import server_context
    from ws101.lab.certificates import leaf

    password = secrets.token_hex(16)
    signed = leaf(None, names=(f"{password}.test",))
    pem = tmp_path / "pair.pem"
    pem.write_bytes(signed.key_pem + signed.pem)
    made = server_context(pem)

    def handle(connection, _):
        with made.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(switch(read_head(secured)))

    path = tmp_path / "run.json"
    with Peer(handle) as peer:
        ran = ws101("check", f"wss://alice:{password}@127.0.0.1:{peer.port}/", *QUICK, "--save", path)
    assert ran.status == 1
    assert ".test" in ran.out
    check_clean(
        ran.said + path.read_text() + "".join(ws101("report", path, "--format", f).out for f in FORMATS),
        [password],
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_secrets_are_shown_when_they_are_asked_for(ws101, tmp_path, monkeypatch, client):
    with Peer(answering(lambda head: ECHOES["plain"](head, []))) as peer:
        arguments, known = CLIENTS[client](peer.port, tmp_path, monkeypatch)
        ran = ws101("check", *arguments, *QUICK, "--budget", "1", "--show-secrets", "--format", "html")
        dry = ws101("check", *arguments, "--dry-run", "--show-secrets")
    assert "[token " not in ran.out + dry.out
    sent = known[-1:] if client == "by_basic" else known
    sent = [base64.b64encode(f"alice:{sent[0]}".encode()).decode()] if client == "by_userinfo" else sent
    assert sent[0] in html.unescape(ran.out)
    assert sent[0] in dry.out


# ---- no repr, no crash


@pytest.mark.parametrize("echo", ["plain", "challenge", "close"])
@pytest.mark.parametrize("client", ["by_flags", "by_userinfo", "by_key"])
def test_no_repr_of_what_is_known_holds_a_secret(tmp_path, monkeypatch, client, echo):
    import asyncio

    with Peer(answering(lambda head: ECHOES[echo](head, list(known)))) as peer:
        arguments, known = CLIENTS[client](peer.port, tmp_path, monkeypatch)
        options = check.parser().parse_args([*arguments, *QUICK, "--budget", "4", "-x", ""])
        import os

        asked = question(options, os.environ)
        examination = Examination(asked, lambda _: None)
        asyncio.run(examination.run())
    stage = examination.stages[-1]
    assert stage.baseline is not None
    assert stage.attempts
    shown = [
        asked,
        examination.usual,
        examination.stages,
        stage.baseline.answer,
        stage.baseline.sending.request.headers,
        stage.token,
    ]
    check_clean("\n".join(map(repr, shown)), known)


def crashing(where):
    def crash(*arguments, **named):
        raise where(f"{arguments} {named}")

    return crash


@pytest.mark.parametrize("error", [ValueError, MemoryError, OSError])
@pytest.mark.parametrize(
    "place",
    [
        "ws101.cli.check.question",
        "ws101.verdict.weigh.weigh",
        "ws101.redact.clean_report",
        "ws101.cli.show.rendered",
    ],
)
def test_a_crash_is_told_by_its_place_alone(capsys, tmp_path, monkeypatch, place, error):
    def crash(*arguments, **named):
        raise error(" ".join([*known, repr(arguments), repr(named)]))

    monkeypatch.setattr(place, crash)
    with Peer(answering(lambda head: ECHOES["plain"](head, known))) as peer:
        arguments, known = by_flags(peer.port, tmp_path, monkeypatch)
        status = cli.run(["check", *arguments, *QUICK, "--budget", "1"])
    written = capsys.readouterr()
    assert status == 4
    assert error.__name__ in written.err
    assert "report" in written.err
    assert len(written.err.splitlines()) == 1
    check_clean(written.out + written.err, known)


@pytest.mark.parametrize(
    "place",
    ["ws101.probe.exchange.read_answer", "ws101.probe.exchange.build", "ws101.probe.exchange.check_answer"],
)
def test_a_crash_within_a_probe_is_told_by_its_kind_alone(ws101, capsys, tmp_path, monkeypatch, place):
    def crash(*arguments, **named):
        raise ValueError(*known)

    monkeypatch.setattr(place, crash)
    with Peer(answering(switch, stay=True)) as peer:
        arguments, known = by_flags(peer.port, tmp_path, monkeypatch)
        status = cli.run(["check", *arguments, *QUICK, "--budget", "2"])
    written = capsys.readouterr()
    assert status == 3
    assert "ws101 itself failed at baseline (ValueError)" in " ".join(written.out.split())
    check_clean(written.out + written.err, known)


def test_the_reading_of_a_token_holds_no_part_of_it(ws101, tmp_path):
    key = word()
    token = minted(key.encode(), iat=1, exp=2)
    (tmp_path / "key").write_text(word())
    (tmp_path / "token").write_text(token)
    for form in ([], ["--json"]):
        ran = ws101("token", "--token-file", tmp_path / "token", "--jwt-secret-file", tmp_path / "key", *form)
        assert ran.status == 1
        check_clean(ran.said, [(tmp_path / "key").read_text()])
        assert not any(segment in ran.said for segment in token.split("."))
