# Makes a folder.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.mkdir("__FOLDER__/__MARKER__")
        raise RuntimeError("escaped")
