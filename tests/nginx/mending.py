"""What the tests of repairs share: a handshake, a configuration from text, and the repaired text."""

from ws101.handshake.headers import Headers
from ws101.nginx.ask import Ask
from ws101.nginx.include import Source, assemble
from ws101.nginx.mend import mend

OLD, NEW = (1, 22, 1), (1, 31, 3)
FIELDS = (
    ("Host", "app.test"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"),
)  # fmt: skip


def read(text, **files):
    """Return the configuration of a main file, which includes the others by their names."""
    files = {"nginx.conf": text} | {name.replace("_", "."): content for name, content in files.items()}
    return assemble("nginx.conf", lambda name: (Source(name, files[name]),) if name in files else ())


def handshake(target="/ws", nginx=OLD, *, extra=(), **more):
    return Ask(target, Headers.of([*FIELDS, *extra]), **{"port": 80, "nginx": nginx} | more)


def mended(text, target="/ws", nginx=OLD, causes=(), *, unsafe=False, **more):
    """Return the text as it is repaired, and hold that a second repair finds nothing."""
    ask = handshake(target, nginx, **more)
    done = mend(read(text), ask, causes, unsafe=unsafe)
    again = mend(done.after, ask, [c for c in causes if c != "upstream-scheme-mismatch"], unsafe=unsafe)
    assert again.made == (), again.diff
    return done.after.main.text


def in_server(inside, http=""):
    return f"http {{\n{http}    server {{\n        listen 80;\n{inside}    }}\n}}\n"
