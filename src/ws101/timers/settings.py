"""The service's settings as one value, each with its default; does not know where they come from."""

from pathlib import Path

from msgspec import Struct


class ServiceSettings(Struct, frozen=True):
    """Lifetimes and time-outs are in seconds, sizes in bytes; 0 is no limit where it says so.

    `data` is the directory of the database and the keys. `origins` are allowed beside the service's own; `*` is any.
    `trusted_proxies` are the addresses whose X-Forwarded-For is believed; an X-Request-Id is anybody's own.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = Path("ws101-timers")
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    issuer: str = "ws101-timers"
    audience: str = "ws101-timers"
    algorithm: str = "EdDSA"  # or RS256, HS256
    secret_file: Path | None = None  # HS256 alone; 32 bytes or more
    foreign_tokens: bool = False  # take tokens without a session, as an issuer beside the service makes them
    access_lifetime: int = 600
    refresh_lifetime: int = 30 * 86_400
    registration: bool = True
    admins: tuple[str, ...] = ()  # e-mail addresses
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    max_head: int = 16_384
    max_frame: int = 65_536
    send_queue: int = 262_144  # per connection
    connections: int = 10_000
    connections_per_user: int = 32
    connections_per_address: int = 1_000
    handshakes_per_second: int = 200  # per address; bursts of twice as many; 0: no limit
    head_timeout: float = 10.0
    idle_timeout: float = 75.0  # without any frame from the client
    ping_interval: float = 30.0
    drain_timeout: float = 10.0
    trace_lifetime: int = 3_600
    events_kept: int = 1_000  # per user
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1")  # networks
    log: str = "auto"  # text on a terminal, json elsewhere; or text, json
