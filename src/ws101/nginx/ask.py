"""The request whose way through a configuration is asked for, as it arrives at nginx."""

from msgspec import Struct, field

from ws101.handshake.headers import Headers

Version = tuple[int, ...]
NEWEST: Version = (1, 31, 0)  # assumed where nobody said which version runs


class Ask(Struct, frozen=True):
    """One request. `server_name` is the TLS server name, `address` the one that it came to, `client` the one that it came from.

    `address` and `client` are None where they are not known. `nginx` is the version that answers.
    """

    target: str
    headers: Headers = field(default_factory=Headers)
    method: str = "GET"
    protocol: str = "HTTP/1.1"
    tls: bool = False
    server_name: str | None = None
    port: int = 80
    address: str | None = None
    client: str | None = None
    nginx: Version = NEWEST

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"
