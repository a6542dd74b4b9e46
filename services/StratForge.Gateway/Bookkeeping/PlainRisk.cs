using StratForge.Gateway.Market;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Bookkeeping;

internal sealed class PlainRisk(LastPrices prices) : IRiskDesk
{
    private static readonly RiskLimits s_none = new();

    public RiskTerms TermsFor(Guid userId, Guid? sessionId, string symbol) =>
        new(s_none, TradingMode.Normal, prices.Peek(symbol)?.Price, null, 0);
}
