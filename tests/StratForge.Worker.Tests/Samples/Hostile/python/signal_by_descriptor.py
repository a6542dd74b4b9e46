# Opens the worker as a descriptor.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.pidfd_open(os.getppid())
        raise RuntimeError("escaped")
