# Keeps a zero character, which the database refuses.
# ends: RUNNING What the strategy keeps is not stored: it holds the zero character.
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        self.state["x"] = "a\0b"
        self.state["bars"] = self.state.get("bars", 0) + 1
