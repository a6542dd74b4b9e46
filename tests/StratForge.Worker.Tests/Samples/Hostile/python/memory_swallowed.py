# Swallows the error of memory and asks again.
# ends: MEMORY_LIMIT|EVENT_TIMEOUT
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        hoard = []
        while True:
            try:
                hoard.append(bytearray(1 << 20))
            except MemoryError:
                pass
