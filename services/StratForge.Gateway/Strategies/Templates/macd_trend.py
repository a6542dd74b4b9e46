# Trend following. MACD says when momentum turns up; a long average says whether the market as a whole rises. Buy only when both agree,
# and leave when momentum turns down. The long average is one of fifteen-minute bars: a slower look at the same market.
class MacdTrend(Strategy):
    fast = param(12, min=2, max=100)
    slow = param(26, min=5, max=200)
    smooth = param(9, min=2, max=100)
    trend = param(20, min=2, max=200, description="Average of fifteen-minute bars that has to lie below the price")
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.subscribe(self.symbol, "1m")
        quarters = self.subscribe(self.symbol, "15m")
        self.macd = macd(self.fast, self.slow, self.smooth)
        self.long = ema(self.trend, of=quarters)

    def on_bar(self, bar):
        # Each quarter of an hour the longer bar comes as well; only minutes are traded.
        if bar.minutes > 1:
            return None

        histogram = self.macd.histogram
        if self.position.is_flat and bar.close > self.long.value and histogram.crossed_above(0):
            return self.target_percent(self.share, metadata={"histogram": histogram.value, "trend": self.long.value})

        if self.position.is_long and histogram.crossed_below(0):
            return self.close(metadata={"histogram": histogram.value})
