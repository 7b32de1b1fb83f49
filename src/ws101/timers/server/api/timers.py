"""The calls about lists, timers and settings: each passes on to the service what was read."""

from ws101.timers import wire
from ws101.timers.account import Ticket
from ws101.timers.schedule import Action
from ws101.timers.server.api.operation import PREFIX, Answer, Call, Operation, Parameter

LISTS, TIMERS, SETTINGS = "Lists", "Timers", "Settings"
_CONFLICT = "The service's bound is reached, or the state does not allow it; `detail` says which."


def _tagged(value: wire.TimerList | wire.Timer, *headers: tuple[str, str]) -> Answer:
    return Answer(value, (("ETag", f'"{value.version}"'), *headers))


async def lists(call: Call) -> Answer:
    """Show your lists with their timers."""
    return Answer(call.parts.service.lists(call.user))


async def create_list(call: Call) -> Answer:
    """Make a list."""
    made = await call.parts.service.create_list(call.user, call.body)
    return _tagged(made, ("Location", f"{PREFIX}/timers/lists/{made.id}"))


async def show_list(call: Call) -> Answer:
    """Show one list with its timers."""
    return _tagged(call.parts.service.list(call.user, call.path["listId"]))


async def change_list(call: Call) -> Answer:
    """Change a list. What is absent stays."""
    service = call.parts.service
    return _tagged(await service.change_list(call.user, call.path["listId"], call.body, call.version))


async def delete_list(call: Call) -> Answer:
    """Delete a list with its timers, running or not."""
    await call.parts.service.delete_list(call.user, call.path["listId"], call.version)
    return Answer()


async def reorder(call: Call) -> Answer:
    """Put a list's timers in another order. Each of them is named once."""
    service = call.parts.service
    return _tagged(await service.reorder(call.user, call.path["listId"], call.body, call.version))


async def create_timer(call: Call) -> Answer:
    """Add a timer to a list. Without `order` it goes to the end."""
    made = await call.parts.service.create_timer(call.user, call.body)
    return _tagged(made, ("Location", f"{PREFIX}/timers/{made.id}"))


async def show_timer(call: Call) -> Answer:
    """Show one timer."""
    return _tagged(call.parts.service.timer(call.user, call.path["timerId"]))


async def change_timer(call: Call) -> Answer:
    """Change a timer. What is absent stays."""
    service = call.parts.service
    return _tagged(await service.change_timer(call.user, call.path["timerId"], call.body, call.version))


async def delete_timer(call: Call) -> Answer:
    """Delete a timer, running or not."""
    await call.parts.service.delete_timer(call.user, call.path["timerId"], call.version)
    return Answer()


async def start(call: Call) -> Answer:
    """Start a timer. Without `timerId` the first enabled one."""
    return await _control(call, Action.START)


async def pause(call: Call) -> Answer:
    """Pause a timer. Without `timerId` the one that runs."""
    return await _control(call, Action.PAUSE)


async def resume(call: Call) -> Answer:
    """Let a paused timer run on. Without `timerId` the first paused one."""
    return await _control(call, Action.RESUME)


async def stop(call: Call) -> Answer:
    """Stop a timer. Without `timerId` the one that runs or is paused."""
    return await _control(call, Action.STOP)


async def restart(call: Call) -> Answer:
    """Start a timer from its whole duration. Without `timerId` the active one, else the first enabled one."""
    return await _control(call, Action.RESTART)


async def _control(call: Call, action: Action) -> Answer:
    service = call.parts.service
    return Answer(await service.control(call.user, call.path["listId"], action, call.query.get("timerId")))


async def settings(call: Call) -> Answer:
    """Show your settings."""
    return Answer(call.parts.service.settings(call.user))


async def change_settings(call: Call) -> Answer:
    """Set your settings. What is absent gets its default."""
    return Answer(await call.parts.service.change_settings(call.user, call.body))


async def issue_ticket(call: Call) -> Answer:
    """Get a ticket that opens one socket. For browsers, which can set no header on a WebSocket: connect to
    `/api/v1/timers/notifications?ticket=…` within 30 seconds.
    """
    ticket, seconds = call.parts.tickets.issue(call.who)
    return Answer(Ticket(ticket=ticket, expires_in=seconds), (("Cache-Control", "no-store"),))


_LIST = f"{PREFIX}/timers/lists/{{listId}}"
_TIMER = f"{PREFIX}/timers/{{timerId}}"
_FULL = {409: _CONFLICT}

OPERATIONS = (
    Operation(group=LISTS, method="GET", path=f"{PREFIX}/timers/lists", handler=lists,
              answer=tuple[wire.TimerList, ...]),
    Operation(group=LISTS, method="POST", path=f"{PREFIX}/timers/lists", handler=create_list, body=wire.ListCreate,
              answer=wire.TimerList, status=201, refusals=_FULL),
    Operation(group=LISTS, method="GET", path=_LIST, handler=show_list, answer=wire.TimerList),
    Operation(group=LISTS, method="PATCH", path=_LIST, handler=change_list, body=wire.ListChange,
              answer=wire.TimerList, conditional=True),
    Operation(group=LISTS, method="DELETE", path=_LIST, handler=delete_list, status=204, conditional=True),
    Operation(group=LISTS, method="POST", path=f"{_LIST}/reorder", handler=reorder, body=wire.Reorder,
              answer=wire.TimerList, conditional=True),
    Operation(group=TIMERS, method="POST", path=f"{PREFIX}/timers", handler=create_timer, body=wire.TimerCreate,
              answer=wire.Timer, status=201, refusals={**_FULL, 404: "There is no such list that is yours."}),
    *(
        Operation(group=TIMERS, method="POST", path=f"{PREFIX}/timers/control/{{listId}}/{handler.__name__}",
                  handler=handler, answer=tuple[wire.Timer, ...], refusals=_FULL,
                  query=(Parameter("timerId", "the timer to act on"),))
        for handler in (start, pause, resume, stop, restart)
    ),
    Operation(group=SETTINGS, method="GET", path=f"{PREFIX}/timers/settings", handler=settings, answer=wire.Settings),
    Operation(group=SETTINGS, method="PUT", path=f"{PREFIX}/timers/settings", handler=change_settings,
              body=wire.Settings, answer=wire.Settings, refusals={404: "There is no such list that is yours."}),
    Operation(group="Notifications", method="POST", path=f"{PREFIX}/timers/tickets", handler=issue_ticket, answer=Ticket,
              status=201),
    Operation(group=TIMERS, method="GET", path=_TIMER, handler=show_timer, answer=wire.Timer),
    Operation(group=TIMERS, method="PATCH", path=_TIMER, handler=change_timer, body=wire.TimerChange,
              answer=wire.Timer, conditional=True),
    Operation(group=TIMERS, method="DELETE", path=_TIMER, handler=delete_timer, status=204, conditional=True),
)  # fmt: skip
