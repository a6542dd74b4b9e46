# Runs a command in a shell.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        if os.system("touch __FOLDER__/__MARKER__") != 0:
            raise PermissionError("no shell")
        raise RuntimeError("escaped")
