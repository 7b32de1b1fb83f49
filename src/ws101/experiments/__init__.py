"""The table of experiments: repairs of a failing handshake, and damages, some of which are controls for the repairs."""

from msgspec.structs import replace

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.experiments import credentials, engineio, fields, host, origin, path, scheme, tls, way

CONTROLS: tuple[Experiment, ...] = (
    way.REPEAT,
    fields.VERSION_99,
    fields.PLAIN_GET,
    path.NONSENSE_PATH,
    path.NONSENSE_BELOW,
    host.MALFORMED_HOST,
    fields.MALFORMED_FIELD,
    credentials.WITHOUT,
    credentials.BROKEN,
    host.FOREIGN_HOST,
)

REPAIRS_OF_TLS: tuple[Experiment, ...] = (
    tls.UNVERIFIED,
    tls.NOT_DATES,
    tls.NOT_NAME,
    tls.NOT_AUTHORITY,
    tls.SYSTEM_STORE,
    scheme.PLAIN_INSTEAD,
    tls.OLD_VERSIONS,
    tls.HOST_AS_NAME,
    tls.WITHOUT_NAME,
    way.WITHOUT_PROXY,
    way.PROXY_LINE,
    way.DIRECT,
)

REPAIRS: tuple[Experiment, ...] = (
    scheme.TLS_INSTEAD,
    way.WITHOUT_PROXY,
    way.DIRECT,
    fields.HTTP_1_1,
    fields.RIGHT_UPGRADE,
    fields.RIGHT_CONNECTION,
    fields.RIGHT_KEY,
    fields.RIGHT_VERSION,
    host.URL_HOST,
    credentials.TIDY,
    credentials.FRESH,
    credentials.IN_HEADER,
    origin.WITHOUT_ORIGIN,
    origin.OWN_ORIGIN,
    origin.OWN_ORIGIN_WITHOUT_PORT,
    fields.WITHOUT_SUBPROTOCOL,
    fields.WITHOUT_EXTENSIONS,
    fields.WITHOUT_BODY,
    fields.ONCE_EACH,
    fields.MINIMAL,
    path.SLASH,
    path.SINGLE_SLASHES,
    path.REDIRECT_TARGET,
    engineio.PARAMETERS,
    engineio.OTHER_VERSION,
    engineio.WITHOUT_SESSION,
    credentials.IN_QUERY,
    credentials.IN_SUBPROTOCOL,
    credentials.IN_COOKIE,
    credentials.SHORT,
    host.HOST_WITHOUT_PORT,
    host.CERTIFICATE_HOST,
    tls.HOST_AS_NAME,
    path.LOWER_CASE,
    way.AFTER_PAUSE,
    way.PROXY_LINE,
    scheme.PLAIN_INSTEAD,
)

AT_THE_SERVER: tuple[Experiment, ...] = tuple(
    way.direct_and(damage)
    for damage in (
        fields.PLAIN_GET,
        credentials.WITHOUT,
        path.NONSENSE_PATH,
        way.WITHOUT_QUERY,
        fields.HTTP_1_0,
        host.FOREIGN_HOST,
        way.FORWARDED,
    )
)

DAMAGES: tuple[Experiment, ...] = (
    scheme.PLAIN_DAMAGE,
    scheme.TLS_DAMAGE,
    way.HTTP_2,
    credentials.WITHOUT,
    credentials.BROKEN,
    credentials.STALE,
    fields.WITHOUT_UPGRADE,
    fields.WITHOUT_CONNECTION,
    fields.KEEP_ALIVE,
    fields.PLAIN_GET,
    fields.SHORT_KEY,
    fields.WITHOUT_KEY,
    fields.VERSION_8,
    fields.VERSION_99,
    fields.HTTP_1_0,
    path.NONSENSE_PATH,
    path.SLASH_DAMAGE,
    path.DOUBLE_SLASH,
    path.UPPER_CASE,
    origin.FOREIGN_ORIGIN,
    origin.NULL_ORIGIN,
    origin.WITHOUT_ORIGIN_DAMAGE,
    host.FOREIGN_HOST,
    host.HOST_WITHOUT_PORT_DAMAGE,
    host.WITHOUT_HOST,
    host.HOST_TWICE,
    fields.FOREIGN_SUBPROTOCOL,
    fields.WITHOUT_SUBPROTOCOL_DAMAGE,
    fields.EMPTY_EXTENSIONS,
    fields.WITH_BODY,
    fields.LARGE_HEADER,
    fields.MALFORMED_FIELD,
    credentials.NO_BEARER,
    credentials.DOUBLE_BEARER,
    credentials.QUOTED,
    credentials.TWICE,
    credentials.IN_QUERY_ONLY,
    tls.FOREIGN_NAME,
    tls.WITHOUT_NAME_DAMAGE,
)


_NAMES = frozenset(e.name for table in (CONTROLS, REPAIRS_OF_TLS, REPAIRS, DAMAGES) for e in table)


def for_user_fields(sending: Sending) -> tuple[Experiment, ...]:
    """Return an experiment for each further header field of the user's client: the handshake without it."""
    made = fields.each_left_out(sending)
    return tuple(replace(e, name=f"{e.name}-field") if e.name in _NAMES else e for e in made)


def for_addresses(sending: Sending, evidence: Evidence) -> tuple[Experiment, ...]:
    """Return an experiment for each further address of the name."""
    return way.each_address(sending, evidence)
