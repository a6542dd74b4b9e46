# Writes to its own memory behind the runtime's back.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("/proc/self/mem", "r+b").write(b"x")
        raise RuntimeError("escaped")
