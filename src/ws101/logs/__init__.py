"""Logs of any hop: lines in, entries and stories out. Pure: never opens a file, and judges nothing."""
