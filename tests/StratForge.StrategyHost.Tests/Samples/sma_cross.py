class SmaCross(Strategy):
    fast_len = param(5, min=2, max=100)
    slow_len = param(20, min=5, max=400)

    def on_start(self):
        self.fast, self.slow = sma(self.fast_len), sma(self.slow_len)

    def on_bar(self, bar):
        if self.fast.crossed_above(self.slow):
            return self.target_percent(0.2)
        if self.fast.crossed_below(self.slow):
            return self.close()
