"""Desktop notifications by the system's own program, where there is one; what is shown passes through no shell."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from html import escape

_PATIENCE = 5.0  # seconds
_SCRIPT = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
_DISPLAYS = ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY")
_CLOSE = (
    "gdbus", "call", "--session", "--dest", "org.freedesktop.Notifications", "--object-path",
    "/org/freedesktop/Notifications", "--method", "org.freedesktop.Notifications.CloseNotification",
)  # fmt: skip


class Desktop:
    """The notifications that this process has shown; where there is no desktop, `show` says so and nothing happens."""

    def __init__(self, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
        self._mac = platform == "darwin"
        self._there = self._mac or any(environ.get(name) for name in _DISPLAYS)
        self._path = environ.get("PATH")
        self._shown: dict[int, str] = {}

    async def show(self, key: int, title: str, text: str) -> bool:
        """Show a notification that `withdraw` can name by its key; return whether the desktop took it."""
        if not self._there:
            return False
        if self._mac:
            return await self._run("osascript", "-e", _SCRIPT, "--", title, text) is not None
        # The specification lets bodies hold markup; titles never do. --print-id is there since libnotify 0.8.
        shown = ("--app-name=ws101 timers", "--", title, escape(text, quote=False))
        number = await self._run("notify-send", "--print-id", *shown)
        if number is None:
            return await self._run("notify-send", *shown) is not None
        self._shown[key] = number.strip()
        return True

    async def withdraw(self, key: int) -> None:
        """Take a notification away, where it was shown and the desktop can."""
        number = self._shown.pop(key, "")
        if number.isdigit():
            await self._run(*_CLOSE, number)

    async def _run(self, program: str, *arguments: str) -> str | None:
        """Return what a program wrote, or None where it is missing, fails or hangs."""
        found = shutil.which(program, path=self._path)
        if found is None:
            return None
        process = await asyncio.create_subprocess_exec(
            found,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                written, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            return None
        return written.decode(errors="replace") if process.returncode == 0 else None
