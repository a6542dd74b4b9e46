# Runs machine code of its own that forks.
# ends: STRATEGY_ERROR no child
# only: x64
import ctypes
import os

from stratforge import Strategy

libc = ctypes.CDLL(None)


class Hostile(Strategy):
    def on_bar(self, bar):
        # mov eax, 57; syscall; ret
        code = b"\xb8\x39\x00\x00\x00\x0f\x05\xc3"
        libc.mmap.restype = ctypes.c_void_p
        page = libc.mmap(None, ctypes.c_size_t(4096), 7, 0x22, -1, ctypes.c_long(0))
        ctypes.memmove(page, code, len(code))
        result = ctypes.CFUNCTYPE(ctypes.c_long)(page)()
        if result >= 0:
            os._exit(0)
        raise ValueError("no child")
