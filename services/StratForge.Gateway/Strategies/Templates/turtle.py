# The turtle rules of Richard Dennis, long side only. Buy a new high, sell a new low of a shorter time. The size follows the risk: between
# the entry and its stop, two average true ranges below, lies a fixed share of the equity.
class Turtle(Strategy):
    entry = param(55, min=5, max=400, description="Buy above the high of so many bars")
    exit = param(20, min=2, max=200, description="Sell below the low of so many bars")
    range_period = param(20, min=2, max=100)
    risk_percent = param(0.5, min=0.1, max=5, description="Risk of one trade, percent of the equity")

    def on_start(self):
        self.highs = donchian(self.entry)
        self.lows = donchian(self.exit)
        self.range = atr(self.range_period)

    def on_bar(self, bar):
        # The channel before this bar: no bar can break out of a channel that holds it.
        high, low = self.highs.upper[1], self.lows.lower[1]
        if self.position.is_flat and not self.open_orders and bar.close > high and self.range.value > 0:
            risk = 2 * self.range.value
            units = min(self.equity * self.risk_percent / 100 / risk, self.equity * 0.5 / bar.close)
            return self.target(units, stop_loss=bar.close - risk, metadata={"range": self.range.value, "high": high})

        if self.position.is_long and bar.close < low:
            return self.close(metadata={"low": low})
