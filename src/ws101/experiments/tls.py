"""Experiments on TLS: what is checked of the certificate, the name that is asked for, and the versions allowed."""

from collections.abc import Callable

from msgspec.structs import replace

from ws101.attempt import Sending, Verify
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.experiments.host import without_port
from ws101.experiments.scheme import without_credentials
from ws101.terms import Family

Change = Callable[[Sending, Evidence], Sending | None]

# With these the peer is still known to be the one that was asked for; with any other it gets no credentials.
_AUTHENTICATED = frozenset({Verify.NOT_DATES, Verify.SYSTEM_STORE})


def checking(verify: Verify) -> Change:
    """Return the change that checks only this much of the certificate."""

    def change(sending: Sending, _: Evidence) -> Sending | None:
        if sending.tls is None or sending.tls.verify is not Verify.ALL:
            return None
        if verify is Verify.SYSTEM_STORE and sending.tls.ca_file is None:
            return None
        careful = sending if verify in _AUTHENTICATED else without_credentials(sending)
        return replace(careful, tls=replace(sending.tls, verify=verify))

    return change


def with_old_versions(sending: Sending, _: Evidence) -> Sending | None:
    if sending.tls is None or sending.tls.legacy:
        return None
    return replace(sending, tls=replace(sending.tls, legacy=True))


def without_server_name(sending: Sending, _: Evidence) -> Sending | None:
    if sending.tls is None or sending.tls.server_name is None:
        return None
    return replace(sending, tls=replace(sending.tls, server_name=None))


def with_host_as_server_name(sending: Sending, _: Evidence) -> Sending | None:
    host = without_port(sending.request.headers.get("host")).lower()
    literal = host.startswith("[") or host.replace(".", "").isdigit()  # no server name: RFC 6066, 3
    if sending.tls is None or not host or literal or host == sending.tls.server_name:
        return None
    return replace(sending, tls=replace(sending.tls, server_name=host, check_name=host))


def with_foreign_server_name(sending: Sending, _: Evidence) -> Sending | None:
    # The name that the certificate must carry stays: a client that reported a status had accepted it.
    tls = sending.tls and replace(sending.tls, server_name="ws101-no-such-name.invalid")
    return replace(sending, tls=tls) if tls else None


NOT_DATES = Experiment(
    "dates-unchecked", Family.REPAIR, "without checking the certificate's dates", checking(Verify.NOT_DATES)
)
NOT_NAME = Experiment(
    "name-unchecked", Family.REPAIR, "without checking the certificate's names", checking(Verify.NOT_NAME)
)
NOT_AUTHORITY = Experiment(
    "authority-unchecked",
    Family.REPAIR,
    "without checking who signed the certificate",
    checking(Verify.NOT_AUTHORITY),
)
SYSTEM_STORE = Experiment(
    "system-authorities",
    Family.REPAIR,
    "with this machine's authorities, not --cacert",
    checking(Verify.SYSTEM_STORE),
)
UNVERIFIED = Experiment(
    "unverified", Family.REPAIR, "without any check of the certificate", checking(Verify.NOTHING)
)
OLD_VERSIONS = Experiment(
    "old-tls", Family.REPAIR, "with TLS 1.0 and 1.1 and old ciphers allowed", with_old_versions
)
HOST_AS_NAME = Experiment(
    "server-name-from-host",
    Family.REPAIR,
    "with the Host header's name as TLS server name",
    with_host_as_server_name,
)
WITHOUT_NAME = Experiment(
    "without-server-name", Family.REPAIR, "without a TLS server name (SNI)", without_server_name
)
WITHOUT_NAME_DAMAGE = replace(WITHOUT_NAME, family=Family.DAMAGE)
FOREIGN_NAME = Experiment(
    "foreign-server-name", Family.DAMAGE, "with another TLS server name (SNI)", with_foreign_server_name
)
