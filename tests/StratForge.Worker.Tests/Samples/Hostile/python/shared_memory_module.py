# Makes a block of shared memory by the library.
# ends: STRATEGY_ERROR Error
from multiprocessing import shared_memory

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        shared_memory.SharedMemory(create=True, size=4096)
        raise RuntimeError("escaped")
