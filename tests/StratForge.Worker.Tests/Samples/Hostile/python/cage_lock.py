# Locks a file so that others wait for it.
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
        call(libc.syscall(72, 0, 6, bytes(32)))
        raise RuntimeError("escaped")
