# Writes to the memory of the worker.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(311, os.getppid(), 0, 0, 0, 0, 0)
        raise RuntimeError("escaped")
