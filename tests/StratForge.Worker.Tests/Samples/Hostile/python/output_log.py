# Logs a hundred thousand lines at its first bar.
# ends: RUNNING yyyyy
from stratforge import Strategy


class Hostile(Strategy):
    flooded = False

    def on_bar(self, bar):
        if not self.flooded:
            self.flooded = True
            for _ in range(100_000):
                self.log("y" * 200)
