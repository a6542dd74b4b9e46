# Listens for connections.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.create_server(("127.0.0.1", 0))
        raise RuntimeError("escaped")
