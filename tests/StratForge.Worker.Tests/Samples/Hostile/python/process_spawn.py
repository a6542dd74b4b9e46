# Starts a program without a fork.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.posix_spawn("/bin/true", ["true"], {})
        raise RuntimeError("escaped")
