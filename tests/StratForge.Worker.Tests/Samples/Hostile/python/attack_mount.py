# Mounts a file system.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(165, b"none", b"/tmp", b"tmpfs", 0, 0)
        raise RuntimeError("escaped")
