# Becomes a program that is open already.
# ends: STRATEGY_ERROR PermissionError
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None, use_errno=True)


def call(result):
    """A failure as the exception it is."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Hostile(Strategy):
    def on_bar(self, bar):
        call(libc.syscall(322, 255, b"", None, None, 0x1000))
        raise RuntimeError("escaped")
