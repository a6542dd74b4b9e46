# Opens a file by a call that the filter can't look into.
# ends: STRATEGY_ERROR OSError
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
        call(libc.syscall(437, -100, b"/etc/passwd", 0, 24))
        raise RuntimeError("escaped")
