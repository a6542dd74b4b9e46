# Gives a file a second name.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.link("__FOLDER__/secret.txt", "__FOLDER__/__MARKER__")
        raise RuntimeError("escaped")
