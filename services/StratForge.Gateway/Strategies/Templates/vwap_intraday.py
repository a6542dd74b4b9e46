# Intraday, for stocks. The volume-weighted average price is what the day's buyers paid on average. Buy when the price climbs above it, sell when it falls
# below; wait until the first half hour has shown where the day goes, and be flat before the exchange closes.
class VwapIntraday(Strategy):
    wait = param(30, min=0, max=120, description="Minutes after the open before the first trade")
    flat = param(10, min=1, max=60, description="Minutes before the close to be flat")
    band = param(0.05, min=0, max=1, description="Distance that the price has to be away, percent")
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.vwap = vwap()
        self.open = False
        self.after_open(self.wait, "begin")
        self.before_close(self.flat, "end")

    def on_bar(self, bar):
        self.plot("vwap", self.vwap.value)
        if not self.open:
            return None

        reach = self.vwap.value * self.band / 100
        if self.position.is_flat and bar.close > self.vwap.value + reach:
            return self.target_percent(self.share, metadata={"vwap": self.vwap.value})

        if self.position.is_long and bar.close < self.vwap.value - reach:
            return self.close(metadata={"vwap": self.vwap.value})

    def on_timer(self, timer):
        self.open = timer.name == "begin"
        if not self.open:
            self.cancel_all()
            self.explain("The exchange is about to close.")
            self.close()
