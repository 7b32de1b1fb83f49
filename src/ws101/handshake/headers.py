"""Header fields in the order and the case in which they stand on the wire; refuses nothing."""

from collections.abc import Iterable, Iterator

from msgspec import Struct


class Headers(Struct, frozen=True):
    """Field lines as (name, value) pairs; each character is one byte (ISO-8859-1), so nothing is lost."""

    fields: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        """Name the fields alone: a value may be a secret."""
        return f"Headers({', '.join(name for name, _ in self.fields)})"

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field `name`, in order; names compare without case (RFC 9110, 5.1)."""
        wanted = name.lower()
        return tuple(value for field, value in self.fields if field.lower() == wanted)

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of the field `name`."""
        values = self.get_all(name)
        return values[0] if values else default

    def tokens(self, name: str) -> tuple[str, ...]:
        """Return the members of a comma-separated field over all its lines, lower-cased (RFC 9110, 5.6.1)."""
        members = (member.strip().lower() for value in self.get_all(name) for member in value.split(","))
        return tuple(member for member in members if member)

    def without(self, *names: str) -> "Headers":
        """Return the fields but for those of these names."""
        unwanted = {name.lower() for name in names}
        return Headers(tuple(field for field in self.fields if field[0].lower() not in unwanted))

    def replaced(self, name: str, value: str) -> "Headers":
        """Return the fields with one line `name: value` where its first line stood, or at the end."""
        wanted, fields, placed = name.lower(), [], False
        for field in self.fields:
            if field[0].lower() != wanted:
                fields.append(field)
            elif not placed:
                fields.append((name, value))
                placed = True
        return Headers(tuple(fields) if placed else (*fields, (name, value)))

    def added(self, *fields: tuple[str, str]) -> "Headers":
        """Return the fields with these lines after them, whatever is there already."""
        return Headers((*self.fields, *fields))

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> "Headers":
        return cls(tuple(fields))
