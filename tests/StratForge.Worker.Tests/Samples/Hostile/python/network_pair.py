# Makes a pair of sockets.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.socketpair()
        raise RuntimeError("escaped")
