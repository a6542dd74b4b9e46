namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>The rule of <see cref="BandRule"/> as users would write it. On its first and last bar of the day each records a signal without
/// trading, so that an onlooker knows from where to where it ran.</summary>
internal static class BandStrategies
{
    public const string CSharp = """
        public sealed class Bands : Strategy
        {
            Sma average = null!;
            bool seen;
            bool holds;

            public override void OnStart() => average = Sma(20);

            public override Signal? OnBar(Bar bar)
            {
                if (!seen || bar.OpensAt.Hour == 19 && bar.OpensAt.Minute == 59)
                {
                    seen = true;
                    return Buy(1, recordOnly: true);
                }

                if (!holds && bar.Close > average.Value * 1.0002)
                {
                    holds = true;
                    return Buy(10);
                }

                if (holds && bar.Close < average.Value * 0.9998)
                {
                    holds = false;
                    return Sell(10);
                }

                return null;
            }
        }
        """;

    public const string Python = """
        class Bands(Strategy):
            def on_start(self):
                self.average = sma(20)
                self.seen = False
                self.holds = False

            def on_bar(self, bar):
                if not self.seen or (bar.opens_at.hour == 19 and bar.opens_at.minute == 59):
                    self.seen = True
                    return self.buy(1, record_only=True)
                if not self.holds and bar.close > self.average.value * 1.0002:
                    self.holds = True
                    return self.buy(10)
                if self.holds and bar.close < self.average.value * 0.9998:
                    self.holds = False
                    return self.sell(10)
        """;
}
