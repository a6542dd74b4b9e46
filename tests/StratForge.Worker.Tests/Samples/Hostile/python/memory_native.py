# Takes memory that Python does not count, and touches it.
# ends: MEMORY_LIMIT
import ctypes

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.malloc.restype = ctypes.c_void_p
        while True:
            block = libc.malloc(1 << 20)
            if not block:
                raise MemoryError
            ctypes.memset(block, 1, 1 << 20)
