"""Handshakes that end in another location than the one that is made for them; judges no location by its settings."""

from collections.abc import Iterator
from typing import NamedTuple

from ws101.nginx.model import Location, Server
from ws101.nginx.rule import Scene
from ws101.nginx.sign import made_for
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import Way
from ws101.nginx.tree import Directive


class Stray(NamedTuple):
    """A handshake, the location that answers it, and the line of the one that should, if there is one."""

    way: Way
    by: Location
    meant: tuple[tuple[Directive, str], ...]

    @property
    def works(self) -> bool:
        """Whether the other location passes the upgrade on, too."""
        return isinstance(self.way.upstream, Upstream) and self.way.upstream.upgrades is True


def strayed(scene: Scene) -> Iterator[Stray]:
    """Yield the handshakes that another location of the same server answers than the one that bears the sign."""
    for way in scene.ways:
        by, server, state = way.route.location, way.route.server, way.route.state
        if by is None or server is None or state is None or state.internal:
            continue
        meant = way.meant or made_for(server, state.uri, scene.model)
        if meant is None or meant.directive is by.directive or server_of(meant) is not server:
            continue
        if meant.directive is not None:
            yield Stray(way, by, ((meant.directive, "never sees it"),))


def server_of(location: Location) -> Server | None:
    """Return the server in which a location stands."""
    return next((level for level in location.lineage() if isinstance(level, Server)), None)
