"""Composition for library users: sources of logs in, a report out. Reads, joins, judges."""
