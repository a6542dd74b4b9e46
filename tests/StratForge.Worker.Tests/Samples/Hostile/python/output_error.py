# Writes to its standard error without end.
# ends: OUTPUT_LIMIT
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        while True:
            os.write(2, b"x" * 65536)
