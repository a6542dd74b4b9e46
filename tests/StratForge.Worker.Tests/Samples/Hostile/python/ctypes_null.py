# Reads the memory at address zero.
# ends: CRASHED signal 11
import ctypes

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        ctypes.string_at(0)
