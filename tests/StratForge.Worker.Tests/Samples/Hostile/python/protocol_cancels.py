# Takes orders back that it makes up, more at once than its API lets it.
# ends: PROTOCOL_ERROR orders back
import json
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        cancels = [f"{order:032x}" for order in range(1_001)]
        for seq in range(1, 400):
            send(json.dumps({"type": "done", "of": "bar", "seq": seq, "cancels": cancels}).encode())
