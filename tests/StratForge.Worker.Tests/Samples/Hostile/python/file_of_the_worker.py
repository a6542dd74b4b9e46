# Reads the worker that guards it.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("__WORKER__/StratForge.Worker.dll", "rb").read(1)
        raise RuntimeError("escaped")
