# Asks the kernel about the network.
# ends: STRATEGY_ERROR PermissionError
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
        raise RuntimeError("escaped")
