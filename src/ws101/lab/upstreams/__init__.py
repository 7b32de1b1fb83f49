"""The lab's servers: one module per library, all with the same sockets and pages.

`/api/v1/timers/notifications` is the authenticated socket, `/open` echoes without asking who comes, `/late` accepts
and closes with 4401, `/crash` raises, `/plain` is a page without a socket.
"""
