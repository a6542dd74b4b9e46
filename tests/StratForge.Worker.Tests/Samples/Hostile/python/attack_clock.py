# Sets the clock.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(227, 0, 0)
        raise RuntimeError("escaped")
