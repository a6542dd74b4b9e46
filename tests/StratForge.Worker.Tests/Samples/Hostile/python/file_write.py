# Writes where anybody may write.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("__FOLDER__/__MARKER__", "w").write("x")
        raise RuntimeError("escaped")
