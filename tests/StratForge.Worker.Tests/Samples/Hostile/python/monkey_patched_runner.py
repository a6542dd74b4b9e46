# Replaces the runner's own methods.
# ends: PROTOCOL_ERROR
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        from stratforge.host.frames import FramePipe
        FramePipe.write = lambda pipe, frame: os.write(4, b"\x05\x00\x00\x00nonsense")
