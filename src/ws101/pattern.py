"""Regular expressions that are written down as text: of the hundreds that are known, a run compiles the few that it meets."""

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern of this text, compiled when it is first asked for."""
    return re.compile(pattern)
