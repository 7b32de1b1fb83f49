"""A clock that stands still until a test moves it."""


class Clockwork:
    def __init__(self, now=1_800_000_000_000):
        self.wall, self.run = now, 1_000.0

    def now(self):
        return self.wall

    def monotonic(self):
        return self.run

    def forward(self, seconds):
        self.wall += int(seconds * 1_000)
        self.run += seconds
