# Breakout. A close above the upper Bollinger band is a move out of the ordinary: buy it. When the price falls back through the
# middle band, the move is over: sell.
class BollingerBreakout(Strategy):
    period = param(20, min=5, max=200)
    width = param(2.0, min=0.5, max=5, step=0.25, description="Width of the bands, standard deviations")
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.bands = bollinger(self.period, self.width)

    def on_bar(self, bar):
        self.plot("upper", self.bands.upper.value)
        self.plot("middle", self.bands.value)

        if self.position.is_flat and bar.close > self.bands.upper.value:
            self.mark("breakout")
            return self.target_percent(self.share, metadata={"upper": self.bands.upper.value})

        if self.position.is_long and bar.close < self.bands.value:
            return self.close(metadata={"middle": self.bands.value})
