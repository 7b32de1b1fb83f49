"""Which lines go on after an error's first one: the traces of Python, Java, Node.js and .NET. Reads none."""

import re
from functools import cache


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        {
            "python": (
                r"[ \t]{2,}(?![-•*] )|Traceback \(most recent call last\)|The above exception was the direct cause"
                r"|During handling of the above exception"
                r"|(?:[a-zA-Z_]\w{0,60}\.){1,8}[A-Z]\w{0,80}(?:: |$)|(?:[A-Z]\w{0,80})?(?:Error|Exception|EOF)\b(?:: |$)"
            ),
            "frames": r"[ \t]+(?:at |\.\.\. \d)|[ \t]*(?:Caused by|Suppressed): ",
        }[name]
    )


def goes_on(text: str) -> bool:
    """Return whether a line belongs to a Python error's traceback."""
    return _pattern("python").match(text) is not None


def is_frame(text: str) -> bool:
    """Return whether a line is a frame or a cause of an error of Java, Node.js or .NET."""
    return _pattern("frames").match(text) is not None
