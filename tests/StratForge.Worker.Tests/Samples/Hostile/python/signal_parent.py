# Kills the worker.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.kill(os.getppid(), 9)
        raise RuntimeError("escaped")
