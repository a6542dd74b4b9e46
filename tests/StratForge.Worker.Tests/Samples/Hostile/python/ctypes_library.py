# Loads a library of its own.
# ends: STRATEGY_ERROR OSError
import ctypes

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        ctypes.CDLL("__FOLDER__/secret.txt")
        raise RuntimeError("escaped")
