# Takes the files the worker has open.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.listdir(f"/proc/{os.getppid()}/fd")
        raise RuntimeError("escaped")
