# Opening range breakout, for stocks. The first minutes of the day mark a range; a close above it often starts the day's move. Buy it once a day, with
# a stop at the other end of the range and a profit target so many times as far away, and be flat before the exchange closes.
class OpeningRange(Strategy):
    range = param(30, min=5, max=120, description="Minutes of the opening range")
    flat = param(10, min=1, max=60, description="Minutes before the close to be flat")
    reward = param(2.0, min=0.5, max=10, description="Profit target, times the range")
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.high = self.low = 0.0
        self.phase = "closed"
        self.after_open(0, "measure")
        self.after_open(self.range, "trade")
        self.before_close(self.flat, "closed")

    def on_timer(self, timer):
        self.phase = timer.name
        if self.phase == "measure":
            self.high, self.low = 0.0, float("inf")
        elif self.phase == "closed":
            self.cancel_all()
            self.close()

    def on_bar(self, bar):
        if self.phase == "measure":
            self.high = max(self.high, bar.high)
            self.low = min(self.low, bar.low)
            return None

        if self.phase != "trade" or self.high <= self.low or bar.close <= self.high:
            return None

        # One trade a day: what is kept survives a restart.
        self.phase = "done"
        self.state["trades"] = self.state.get("trades", 0) + 1
        self.mark("breakout", self.high)
        target = bar.close + self.reward * (self.high - self.low)
        return self.target_percent(self.share, take_profit=target, stop_loss=self.low, metadata={"high": self.high, "low": self.low})
