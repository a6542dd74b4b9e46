# Prints without end.
# ends: OUTPUT_LIMIT
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        while True:
            print("x" * 65536)
