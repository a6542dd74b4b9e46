# Opens a file by its number.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(304, -100, 0, 0)
        raise RuntimeError("escaped")
