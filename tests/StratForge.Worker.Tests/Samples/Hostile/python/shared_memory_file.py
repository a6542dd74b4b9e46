# Writes to shared memory by its name.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("/dev/shm/__MARKER__", "w").write("x")
        raise RuntimeError("escaped")
