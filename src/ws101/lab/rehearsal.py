"""Runs a user's configuration in the sandbox twice, as it is and with the edits that are to mend it; judges nothing."""

import asyncio
from collections.abc import Coroutine, Sequence

from msgspec.structs import replace

from ws101.configured import Configured
from ws101.lab.nginx import Binary, binaries, default_binary
from ws101.lab.sandbox import Trial, try_out
from ws101.nginx.ask import Version
from ws101.nginx.circumstance import SOUND, Circumstance
from ws101.nginx.edit import Edit
from ws101.nginx.performance import Performance, Rehearsal
from ws101.nginx.simulate import HTTP_1_1


async def rehearse(hop: Configured, cure: Sequence[Edit], given: Circumstance = SOUND) -> Rehearsal:
    """Return what the configuration does with this handshake under a circumstance, without the edits and with them.

    Where there are no edits, it is what it does under the circumstance, and with every server in order. Raise Unavailable
    where there is no nginx.
    """
    binary, ask = like(hop.route.ask.nginx), hop.route.ask
    changed = given if cure else given.mended

    def trial(edits: Sequence[Edit], stage: Circumstance) -> Coroutine[None, None, Trial]:
        return try_out(hop.configuration, ask, edits, binary=binary, circumstance=stage)

    if given.others:
        before = await trial((), given)
        given = replace(given, others=before.others)
        after = await trial(cure, replace(changed, others=before.others))
    else:
        before, after = await asyncio.gather(trial((), given), trial(cure, changed))
    lent = sorted(before.emptied - after.emptied)
    was = Performance(trouble=f"nothing that was read defines ${lent[0]}") if lent else _seen(before)
    return Rehearsal(binary.version, was, _seen(after), ask, before.left_out, given, edited=bool(cure))


def like(version: Version) -> Binary:
    """Return the nginx of this machine that is most like this version: with the same defaults, then with the nearest number."""
    known = binaries() or (default_binary(),)
    return min(known, key=lambda one: _distance(one.version, version))


def _distance(one: Version, other: Version) -> tuple[bool, tuple[int, ...]]:
    apart = tuple(abs(a - b) for a, b in zip(one, other, strict=False))
    return (one >= HTTP_1_1) != (other >= HTTP_1_1), apart


def _seen(trial: Trial) -> Performance:
    trouble = f"nginx does not start with it: {trial.refused}" if trial.refused else trial.why
    return Performance(trial.status, trial.seen.head if trial.seen else None, trouble, trial.cut, trial.flaw)
