# Finds the runner's own pipe and writes to it.
# ends: PROTOCOL_ERROR
import json
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        import gc

        from stratforge.host.frames import FramePipe
        for pipe in (one for one in gc.get_objects() if isinstance(one, FramePipe)):
            pipe.write_json({"type": "done", "of": "bars", "seq": 0})
