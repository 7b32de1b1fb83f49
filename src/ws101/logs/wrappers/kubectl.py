"""What `kubectl logs --prefix` (`[pod/NAME/CONTAINER] `) and stern (`POD CONTAINER `) put before each line."""

import re
from functools import cache

from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside


@cache
def _prefix() -> re.Pattern[str]:
    return re.compile(r"\[pod/([a-z0-9.-]{1,253}/[a-z0-9-]{1,63})\] ?", re.ASCII)


@cache
def _stern() -> re.Pattern[str]:
    """A deployment's pod ends with two hashes of an alphabet without vowels (k8s.io/apimachinery, util/rand)."""
    hashed = "[bcdfghjklmnpqrstvwxz2456789]"
    return re.compile(
        rf"([a-z0-9](?:[a-z0-9.-]{{0,240}})-{hashed}{{6,10}}-{hashed}{{5}})(?: › | )([a-z0-9-]{{1,63}})(?: │|) ",
        re.ASCII,
    )


def _peel(line: Line) -> Line | None:
    text = line.text
    if text.startswith("[pod/"):
        head = _prefix().match(text)
        return inside(line, text[head.end() :], stream=head[1]) if head else None
    if text[:1].islower() and "-" in text[:250]:
        head = _stern().match(text)
        return inside(line, text[head.end() :], stream=f"{head[1]}/{head[2]}") if head else None
    return None


WRAPPER = Wrapper("kubectl", _peel)
