# Loads a kernel module.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(313, 0, b"", 0)
        raise RuntimeError("escaped")
