"""Evidence with a configuration of nginx beside it: pieces of text are put into a whole file, and the handshake follows it."""

from msgspec.structs import replace

from ws101.configured import Configured, Running, follow
from ws101.evidence import Evidence
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import Model, understand

MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }"
LINES = """\
proxy_http_version 1.1;
proxy_set_header Host $http_host;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
"""
PASS = "proxy_pass http://127.0.0.1:9000;"
SOUND = f"location / {{\n{LINES}{PASS}\n}}\n"


def whole(inside: str, *, listen: str = "443 ssl", name: str = "ws101.test", more: str = "") -> str:
    """Return a configuration of one server with this inside; `more` stands in the http block before it."""
    server = f"server {{\nlisten {listen};\nserver_name {name};\n{inside}\n}}\n"
    return f"events {{}}\nhttp {{\n{MAP}\n{more}\n{server}}}\n"


def model(text: str, name: str = "nginx.conf", **included: str) -> Model:
    files = {name: text, **{f"{one}.conf": content for one, content in included.items()}}
    return understand(assemble(name, lambda path: (Source(path, files[path]),) if path in files else ()))


def configured(evidence: Evidence, *texts: str, version: tuple[int, ...] = (1, 31, 0)) -> Evidence:
    """Return the evidence with what these configurations say of its baseline, the outermost first."""
    baseline = evidence.baseline
    assert baseline is not None
    models = [model(text) for text in texts]
    port = evidence.port_meant(baseline.sending)
    hops = follow(models, baseline.sending, port, "127.0.0.1", Running(version, "said"))
    return replace(evidence, config=hops)


def only(evidence: Evidence) -> Configured:
    assert evidence.config
    return evidence.config[0]
