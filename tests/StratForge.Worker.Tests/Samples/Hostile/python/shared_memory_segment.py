# Makes a segment of shared memory.
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
        call(libc.syscall(29, 0, 1 << 30, 0o1666))
        raise RuntimeError("escaped")
