"""The service: one port for REST and WebSocket, over the rules and shapes of `ws101.timers`."""
