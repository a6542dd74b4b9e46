# Makes a named pipe.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.mkfifo("__FOLDER__/__MARKER__")
        raise RuntimeError("escaped")
