"""The shape of a repair: the edits that mend one thing for one request."""

from msgspec import Struct

from ws101.nginx.edit import Edit


class Repair(Struct, frozen=True):
    """Edits that take one obstacle away; `cause` is its slug in the catalogue, `what` one sentence for people.

    `safe` tells that nothing can want what it takes away; the others are offered, and why stands in `doubt`.
    """

    cause: str
    what: str
    edits: tuple[Edit, ...]
    doubt: str = ""

    @property
    def safe(self) -> bool:
        return not self.doubt
