# Renames a file.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.rename("__FOLDER__/secret.txt", "__FOLDER__/__MARKER__")
        raise RuntimeError("escaped")
