# Switches protections of its memory off.
# ends: STRATEGY_ERROR PermissionError
# only: x64
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
        call(libc.syscall(135, 0x0040000))
        raise RuntimeError("escaped")
