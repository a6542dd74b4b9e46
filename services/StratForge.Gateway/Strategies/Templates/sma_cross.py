# Two moving averages of the closing price. The fast one crossing above the slow one says that the price has begun to rise:
# put a share of the equity into the symbol. Crossing below says the opposite: sell what is held.
class SmaCross(Strategy):
    fast = param(5, min=2, max=100)
    slow = param(20, min=5, max=400)
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.fast_line = sma(self.fast)
        self.slow_line = sma(self.slow)

    def on_bar(self, bar):
        self.plot("fast", self.fast_line.value)
        self.plot("slow", self.slow_line.value)

        if self.fast_line.crossed_above(self.slow_line):
            self.explain("The fast average crossed above the slow one.")
            return self.target_percent(self.share, confidence=0.8)

        if self.fast_line.crossed_below(self.slow_line):
            self.explain("The fast average crossed below the slow one.")
            return self.close()
