"""The servers that the timer service is compared with, each a program of its own that does the same few things.

Each checks an HS256 token before it answers 101, or answers 401; and when the control port says so, it sends messages
of 250 bytes to its sockets, one socket after the other. `service` is ours, `bare` its listener without the work.
"""
