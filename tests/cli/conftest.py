"""What tests of the command line share: the runner, a site with a fault, and a certificate with its key."""

import pytest

from cli.nginx_fixing import site_fixture  # noqa: F401
from cli.running import ws101_fixture as ws101  # noqa: F401
from ws101.lab.certificates import leaf


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """The path of a PEM file with a self-signed certificate for this machine, and its key."""
    signed = leaf(None)
    path = tmp_path_factory.mktemp("certificate") / "own.pem"
    path.write_bytes(signed.key_pem + signed.pem)
    return path
