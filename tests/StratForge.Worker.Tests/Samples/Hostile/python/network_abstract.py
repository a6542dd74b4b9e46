# Connects to a Unix socket without a file.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.socket(socket.AF_UNIX).connect("\0__MARKER__")
        raise RuntimeError("escaped")
