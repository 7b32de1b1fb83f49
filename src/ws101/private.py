"""Values that may hold a secret: what is shown of them is their kind alone."""

from msgspec import Struct


class Private(Struct, frozen=True):
    """A value whose `repr` names its class, and none of its fields."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
