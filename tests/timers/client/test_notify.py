import asyncio
import os

from ws101.timers.client.notify import Desktop

HOSTILE = "$(touch x); `id` <b>&\n-h"


def _program(directory, name, body):
    path = directory / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def _environment(directory):
    return {"PATH": f"{directory}:{os.environ['PATH']}", "DISPLAY": ":0"}


def test_what_is_shown_reaches_the_program_as_it_is(tmp_path):
    _program(tmp_path, "notify-send", f'for word; do printf "%s\\0" "$word"; done > {tmp_path}/words; echo 7')
    _program(tmp_path, "gdbus", f'echo "$*" > {tmp_path}/closed')

    async def act():
        desktop = Desktop(_environment(tmp_path), "linux")
        assert await desktop.show(3, "-t", HOSTILE)
        await desktop.withdraw(3)
        await desktop.withdraw(3)

    asyncio.run(act())
    words = (tmp_path / "words").read_text().split("\0")
    assert words[-4:-1] == ["--", "-t", "$(touch x); `id` &lt;b&gt;&amp;\n-h"]
    assert (tmp_path / "closed").read_text().endswith("CloseNotification 7\n")


def test_an_old_program_that_knows_no_id_still_shows(tmp_path):
    _program(tmp_path, "notify-send", f'test "$1" != --print-id || exit 1; echo "$*" > {tmp_path}/words')

    async def act():
        desktop = Desktop(_environment(tmp_path), "linux")
        assert await desktop.show(3, "Focus", "is over")
        await desktop.withdraw(3)

    asyncio.run(act())
    assert (tmp_path / "words").read_text().endswith("-- Focus is over\n")


def test_on_a_mac_the_words_are_arguments_of_the_script(tmp_path):
    _program(tmp_path, "osascript", f'shift 2; printf "%s|" "$@" > {tmp_path}/words')
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert asyncio.run(Desktop(environ, "darwin").show(3, "Focus", '" & (do shell script "id")'))
    assert (tmp_path / "words").read_text() == '--|Focus|" & (do shell script "id")|'


def test_without_a_desktop_or_its_program_nothing_is_shown(tmp_path):
    assert not asyncio.run(Desktop({"PATH": str(tmp_path)}, "linux").show(3, "Focus", "is over"))
    assert not asyncio.run(
        Desktop({"PATH": str(tmp_path), "DISPLAY": ":0"}, "linux").show(3, "Focus", "is over")
    )


def test_a_program_that_fails_is_no_desktop(tmp_path):
    _program(tmp_path, "notify-send", "exit 1")
    assert not asyncio.run(Desktop(_environment(tmp_path), "linux").show(3, "Focus", "is over"))
