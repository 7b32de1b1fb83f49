"""Whether the service takes new work, and why not; knows nothing of who asks."""


class Readiness:
    """`obstacle` is empty while the service is ready, else the reason in a few words; draining does not end."""

    def __init__(self) -> None:
        self.obstacle = "starting"
        self.draining = False

    @property
    def ready(self) -> bool:
        return not self.obstacle

    def begin(self) -> None:
        """The service is up."""
        if not self.draining:
            self.obstacle = ""

    def drain(self) -> None:
        """The service is about to stop."""
        self.draining = True
        self.obstacle = "draining"
