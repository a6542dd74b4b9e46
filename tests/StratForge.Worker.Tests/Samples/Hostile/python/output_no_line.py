# Writes one line without end.
# ends: OUTPUT_LIMIT
import sys

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        while True:
            sys.stdout.write("x" * 65536)
