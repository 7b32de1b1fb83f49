"""The tokens that the lab's clients carry: described as a value, minted when a stack runs."""

from msgspec import Struct

AUDIENCE = ISSUER = "ws101-lab"
SCOPE = "timers"


class Token(Struct, frozen=True):
    """A JWT to be minted; `lifetime` and `starts_in` are seconds from now. None leaves a claim out.

    `secret` signs instead of the lab's own where it is given. `dress` is what surrounds the compact form, at `{}`.
    """

    subject: str | None = "1"
    lifetime: int | None = 600
    starts_in: int | None = -5
    audience: str | None = AUDIENCE
    issuer: str | None = ISSUER
    scope: str | None = SCOPE
    algorithm: str = "HS256"
    secret: str | None = None
    key_id: str | None = None
    padding: int = 0
    dress: str = "{}"

    def mint(self, secret: str, now: float) -> str:
        """Return the token, signed with the lab's secret unless it brings its own."""
        import jwt  # a list of faults describes tokens, and mints none

        claims = {
            "sub": self.subject,
            "exp": None if self.lifetime is None else int(now) + self.lifetime,
            "nbf": None if self.starts_in is None else int(now) + self.starts_in,
            "aud": self.audience,
            "iss": self.issuer,
            "scope": self.scope,
            "padding": "x" * self.padding or None,
        }
        compact = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            "" if self.algorithm == "none" else self.secret or secret,
            algorithm=self.algorithm,
            headers={"kid": self.key_id} if self.key_id else None,
        )
        return self.dress.format(compact)
