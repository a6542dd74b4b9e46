namespace StratForge.SimulatedExchange.Market;

/// <summary>What the account may see of the market.</summary>
internal enum MarketDataPlan
{
    /// <summary>Every feed, any number of symbols.</summary>
    Plus,

    /// <summary>Alpaca's free plan: no consolidated stream, consolidated history a quarter of an hour late, 30 streams of trades and quotes, 10 order books.</summary>
    Basic,
}
