"""The timer service and its client: pure shapes and rules here, I/O below in store, server and client."""
