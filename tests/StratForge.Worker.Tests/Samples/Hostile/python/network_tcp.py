# Connects to a listener on this machine.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.create_connection(("127.0.0.1", __TCP__)).send(b"x")
        raise RuntimeError("escaped")
