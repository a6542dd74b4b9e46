# Stops its process group.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.killpg(0, 19)
        raise RuntimeError("escaped")
