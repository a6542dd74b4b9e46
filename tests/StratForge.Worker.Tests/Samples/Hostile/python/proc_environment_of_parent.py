# Reads the environment of the worker.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open(f"/proc/{os.getppid()}/environ").read()
        raise RuntimeError("escaped")
