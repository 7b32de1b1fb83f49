"""Every REST call, in the order of the documentation; where two paths fit, the first with fewer variables counts."""

from ws101.timers.server.api import accounts, operating, timers
from ws101.timers.server.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (*accounts.OPERATIONS, *timers.OPERATIONS, *operating.OPERATIONS)


def by_path() -> dict[str, dict[str, Operation]]:
    """Return the operations of each path by their method; paths without variables come first."""
    found: dict[str, dict[str, Operation]] = {}
    for operation in sorted(OPERATIONS, key=lambda operation: len(operation.variables)):
        found.setdefault(operation.path, {})[operation.method] = operation
    return found
