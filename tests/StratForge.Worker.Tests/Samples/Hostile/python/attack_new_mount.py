# Mounts a file system, the new way.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(430, b"tmpfs", 0)
        raise RuntimeError("escaped")
