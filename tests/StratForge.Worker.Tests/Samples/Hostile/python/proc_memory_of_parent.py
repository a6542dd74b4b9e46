# Reads the memory of the worker.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open(f"/proc/{os.getppid()}/mem", "rb").read(1)
        raise RuntimeError("escaped")
