# Loads a program into the kernel.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(321, 5, 0, 0)
        raise RuntimeError("escaped")
