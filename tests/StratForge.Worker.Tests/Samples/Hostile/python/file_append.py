# Changes a file that anybody may change.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("__FOLDER__/secret.txt", "a").write("x")
        raise RuntimeError("escaped")
