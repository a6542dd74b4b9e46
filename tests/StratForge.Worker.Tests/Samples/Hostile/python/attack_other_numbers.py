# Makes a call by the numbers of another architecture, which simpler filters overlook.
# ends: FORBIDDEN_SYSCALL
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        libc.syscall(0x40000000 | 39)
        raise RuntimeError("escaped")
