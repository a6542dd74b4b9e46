# Mean reversion. When the relative strength index says that the price has fallen too fast, buy; when it is back in the middle, sell.
# A stop loss below the entry limits what a fall that goes on can cost.
class RsiReversion(Strategy):
    period = param(14, min=2, max=100)
    oversold = param(30.0, min=5, max=50, description="Buy when the index falls below")
    recovered = param(55.0, min=30, max=95, description="Sell when it rises above")
    stop_percent = param(2.0, min=0.1, max=20, description="Stop loss, percent below the price")
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.rsi = rsi(self.period)

    def on_bar(self, bar):
        self.plot("rsi", self.rsi.value)

        if self.position.is_flat and self.rsi.crossed_below(self.oversold):
            stop = bar.close * (1 - self.stop_percent / 100)
            return self.target_percent(self.share, stop_loss=stop, metadata={"rsi": self.rsi.value})

        if self.position.is_long and self.rsi.crossed_above(self.recovered):
            return self.close(metadata={"rsi": self.rsi.value})
