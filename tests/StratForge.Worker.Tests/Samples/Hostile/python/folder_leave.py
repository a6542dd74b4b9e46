# Goes to another folder.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.chdir("/tmp")
        raise RuntimeError("escaped")
