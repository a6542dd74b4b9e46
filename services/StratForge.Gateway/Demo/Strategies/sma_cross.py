# Two moving averages of the closing price. The fast one crossing above the slow one says that the price has begun to rise:
# put a fifth of the equity into the symbol. Crossing below says the opposite: sell what is held.
class SmaCross(Strategy):
    fast_len = param(5, min=2, max=100)
    slow_len = param(20, min=5, max=400)

    def on_start(self):
        self.fast = sma(self.fast_len)
        self.slow = sma(self.slow_len)

    def on_bar(self, bar):
        if self.fast.crossed_above(self.slow):
            return self.target_percent(0.2, confidence=0.8)
        if self.fast.crossed_below(self.slow):
            return self.close()
