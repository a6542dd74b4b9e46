# Asks for a raw socket.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        raise RuntimeError("escaped")
