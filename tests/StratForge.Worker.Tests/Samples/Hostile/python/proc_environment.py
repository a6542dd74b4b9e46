# Reads its own environment as the kernel has it.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("/proc/self/environ").read()
        raise RuntimeError("escaped")
