# Deletes a file.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.unlink("__FOLDER__/secret.txt")
        raise RuntimeError("escaped")
