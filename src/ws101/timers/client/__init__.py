"""The client: a headless core, and what keeps its profile and token; the command line shows it."""
