"""Every exception that ws101 raises on purpose; facts about a peer are values and never exceptions.

Ws101Error
├── UsageError            what was asked for cannot be done (exit 2)
│   └── UnreadableInput   a file or value that was given cannot be used (exit 2)
└── Unavailable           this machine lacks something that is needed (exit 3)
"""


class Ws101Error(Exception):
    """The base; its text says what happened, what was expected and what to do, and never holds a secret."""

    exit_status = 4


class UsageError(Ws101Error):
    """What was asked for cannot be done as asked."""

    exit_status = 2


class UnreadableInput(UsageError):  # noqa: N818 - read in messages and code as the fact that it is
    """A file or a value cannot be used: `what` it is, `why` it cannot be, and what to `do`."""

    def __init__(self, what: str, why: str, do: str) -> None:
        super().__init__(what, why, do)
        self.what, self.why, self.do = what, why, do

    def __str__(self) -> str:
        return f"{self.what}: {self.why}. {self.do}"


class Unavailable(Ws101Error):  # noqa: N818 - as above
    """Something that is needed is not on this machine: `what`, and what to `do` to get it."""

    exit_status = 3

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, do)
        self.what, self.do = what, do

    def __str__(self) -> str:
        return f"{self.what} is not available here. {self.do}"
