# Two symbols that move together. When the ratio of their prices strays from its average, hold the one that has become cheap; when the ratio
# is back, hold neither. Long only: the other half of the classical pair, selling the dear one short, needs an account that may.
class Pairs(Strategy):
    other = param("QQQ", description="The other symbol")
    period = param(60, min=10, max=1000, description="Bars of the average")
    enter = param(2.0, min=0.5, max=5, description="Standard deviations to enter")
    leave = param(0.5, min=0, max=2, description="Standard deviations to leave")
    share = param(0.2, min=0.01, max=1.0, description="Share of the equity to invest")

    def on_start(self):
        self.mine = self.subscribe(self.symbol)
        self.others = self.subscribe(self.other)

        # Fed by hand, with the ratio: it is no price of either symbol, so it is not declared.
        self.spread = StdDev(self.period)

    def on_bar(self, bar):
        # Once for both: when each has closed the same minute.
        mine, others = self.mine.bars, self.others.bars
        if not mine or not others or mine[0].opens_at_ms != others[0].opens_at_ms:
            return None

        ratio = mine[0].close / others[0].close
        self.spread.add(ratio)
        if not self.spread.is_ready or self.spread.value == 0:
            return None

        score = (ratio - self.spread.mean) / self.spread.value
        self.plot("score", score)
        if abs(score) < self.leave:
            self.close(metadata={"score": score})
            return self.close(symbol=self.other, metadata={"score": score})

        if abs(score) < self.enter or not self.position.is_flat or not self.position_of(self.other).is_flat or self.open_orders:
            return None

        if score < 0:
            return self.target_percent(self.share, metadata={"score": score})
        return self.target_percent(self.share, symbol=self.other, metadata={"score": score})
