# Reads a file that anybody may read.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        print(open("__FOLDER__/secret.txt").read())
        raise RuntimeError("escaped")
