# Sends more signals at once than its API lets it.
# ends: PROTOCOL_ERROR|SIGNAL_LIMIT
import json
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        signals = [{"action": "BUY", "quantity": "1", "confidence": 1}] * 11
        for seq in range(1, 400):
            send(json.dumps({"type": "done", "of": "bar", "seq": seq, "signals": signals}).encode())
