"""One library's servers in a process of their own, driven by lines on stdin; it ends when stdin does.

`start <JSON of a Policy>` is answered with the port, `stop <port>` with the same port: one line of JSON on stdout each.
A line that failed is answered with `error`, a library that is not installed with `missing`.
"""

import asyncio
import importlib
import json
import logging
import sys
from contextlib import AbstractAsyncContextManager

from ws101.errors import Unavailable
from ws101.lab.upstreams.policy import Policy

Running = dict[int, AbstractAsyncContextManager[int]]


async def main(name: str) -> None:
    """Obey the lines on stdin until it ends."""
    running: Running = {}
    lines = await _stdin()
    try:
        module = importlib.import_module(f"ws101.lab.upstreams.{name}")
        _say({"ready": name})
        async for line in lines:
            _say(await _obey(module.serving, running, line.decode()))
    except ImportError as error:
        extra = "lab,timers" if name == "timers_app" else "lab"
        _say(_missing(error.name or name, f"Install the lab's servers with: pip install 'ws101[{extra}]'."))
    finally:
        for server in running.values():
            await server.__aexit__(None, None, None)


async def _obey(serving: object, running: Running, line: str) -> dict[str, object]:
    assert callable(serving)
    verb, _, rest = line.partition(" ")
    try:
        if verb == "stop":
            await running.pop(int(rest)).__aexit__(None, None, None)
            return {"port": int(rest)}
        server = serving(Policy.from_json(rest))
        port = await server.__aenter__()
    except Unavailable as error:
        return _missing(error.what, error.do)
    except Exception as error:
        logging.exception("could not obey")
        return {"error": repr(error)}
    running[port] = server
    return {"port": port}


def _missing(what: str, do: str) -> dict[str, object]:
    return {"missing": what, "do": do}


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


def _say(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s - %(message)s")
    asyncio.run(main(sys.argv[1]))
