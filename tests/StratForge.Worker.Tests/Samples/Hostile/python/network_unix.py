# Connects to a Unix socket.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.socket(socket.AF_UNIX).connect("__FOLDER__/socket")
        raise RuntimeError("escaped")
