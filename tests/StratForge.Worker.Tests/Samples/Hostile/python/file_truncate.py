# Empties a file.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.truncate("__FOLDER__/secret.txt", 0)
        raise RuntimeError("escaped")
