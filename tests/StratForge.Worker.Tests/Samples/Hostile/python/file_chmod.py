# Opens a folder to everybody.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.chmod("__FOLDER__", 0o777)
        raise RuntimeError("escaped")
