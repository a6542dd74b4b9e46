# Makes a file of nothing but memory.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.memfd_create("x")
        raise RuntimeError("escaped")
