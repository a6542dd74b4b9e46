using System.ComponentModel;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Which trades or signals to list.</summary>
internal sealed record HistoryFilter(
    [property: Description("Those of one session.")] Guid? SessionId = null,
    [property: Description("Those of one symbol.")] string? Symbol = null) : IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Symbol is not null && !Contracts.Market.Symbols.IsWellFormed(Symbol))
        {
            errors.Add("symbol", "is not a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }
    }
}
