# Clones itself by the system call itself.
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
        call(libc.syscall(56, 17, 0, 0, 0, 0))
        raise RuntimeError("escaped")
