# Signals the first process.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.kill(1, 0)
        raise RuntimeError("escaped")
