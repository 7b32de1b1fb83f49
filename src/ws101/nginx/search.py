"""The search for the location that answers a path (ngx_http_core_find_location)."""

from collections.abc import Callable
from enum import Enum, auto

from ws101.nginx.model import Level, Location, Locations
from ws101.nginx.pattern import search
from ws101.nginx.state import State
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown


class Match(Enum):
    """How a search for a location ended (NGX_OK, NGX_DONE, NGX_AGAIN and NGX_DECLINED of ngx_http_core_find_location)."""

    EXACT = auto()
    SLASH = auto()
    PREFIX = auto()
    NONE = auto()


class Search:
    """The search for a location; it leaves the state's level where it ends."""

    def __init__(self, state: State, say: Callable[[str, Directive | None], None]) -> None:
        self._state, self._say = state, say

    def look(self, level: Level) -> Match | Unknown:
        """Search this block and those inside: exact, the longest prefix and what it holds, then regular expressions."""
        locations, final = level.locations, False
        found: Match | Unknown = self._static(locations)
        if found is Match.PREFIX:
            prefix = self._state.level
            final = isinstance(prefix, Location) and prefix.modifier == "^~"
            found = self.look(prefix)
        if isinstance(found, Unknown) or found in {Match.EXACT, Match.SLASH} or final:
            return found
        return self._regexes(locations) or found

    def _static(self, locations: Locations) -> Match:
        state, path = self._state, self._state.uri
        if exact := locations.exact.get(path):
            return self._at(exact, "it matches the path exactly", Match.EXACT)
        longest = next(
            (n for n in locations.lengths if n <= len(path) and path[:n] in locations.prefixes), None
        )
        slashed = [one for known in (locations.exact, locations.prefixes) if (one := known.get(f"{path}/"))]
        if longest != len(path) and any(one.redirects_to_slash for one in slashed):
            state.level = slashed[0]
            return Match.SLASH
        if longest is None:
            return Match.NONE
        return self._at(
            locations.prefixes[path[:longest]], "it is the longest prefix of the path", Match.PREFIX
        )

    def _regexes(self, locations: Locations) -> Match | Unknown | None:
        path, lowered = self._state.uri, self._state.uri.lower()
        for location in locations.regexes:
            caseless = location.modifier == "~*"
            if not (lowered if caseless else path).startswith(location.beginning):
                continue
            match = search(location.path, path, caseless=caseless)
            if isinstance(match, Unknown):
                self._say("whether its regular expression matches cannot be told", location.directive)
                return match
            if match:
                self._state.remember(match)
                self._at(location, "its regular expression is the first to match", Match.EXACT)
                inner = self.look(location)
                return inner if isinstance(inner, Unknown) else Match.EXACT
        return None

    def _at(self, location: Location, why: str, match: Match) -> Match:
        self._say(why, location.directive)
        self._state.level = location
        return match
