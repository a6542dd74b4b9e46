# Shares memory that no limit counts.
# ends: STRATEGY_ERROR PermissionError
import mmap

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        mmap.mmap(-1, 4096)
        raise RuntimeError("escaped")
