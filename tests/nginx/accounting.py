"""Accounts of short configurations, for tests."""

from ws101.nginx.account import account
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import understand
from ws101.nginx.sockets import ask_for

UPGRADE = (
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
)


def model_of(text, **files):
    """Return the model of a main file; `files` are what it may include."""
    known = {"nginx.conf": text} | files
    return understand(
        assemble("nginx.conf", lambda name: (Source(name, known[name]),) if name in known else ())
    )


def account_of(text, url="ws://h/ws", nginx=(1, 31, 0), client=None, *, version_known=True, **files):
    ask = ask_for(url, nginx, client)
    return account(model_of(text, **files), ask, version_known=version_known)


def server(inside, listen="listen 80;"):
    return f"http {{ server {{ {listen} {inside} }} }}"


def reasons(told):
    return [said.text for said in told.reasons]


def lines(told):
    """Return the texts of the lines that the reasons blame."""
    return [said.line.text if said.line else None for said in told.reasons]
