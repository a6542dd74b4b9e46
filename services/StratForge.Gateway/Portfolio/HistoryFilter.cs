using System.ComponentModel;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Which trades to list.</summary>
internal sealed record HistoryFilter : IValidated
{
    [Description("Those of one session.")]
    public Guid? SessionId { get; init; }

    [Description("Those of one symbol.")]
    public string? Symbol { get; init; }

    [Description("BUY or SELL.")]
    public string? Action { get; init; }

    [Description("From here on, on the market's clock.")]
    public DateTimeOffset? From { get; init; }

    [Description("Before this, on the market's clock.")]
    public DateTimeOffset? To { get; init; }

    public void Validate(FieldErrors errors) => Check(errors, Symbol, Action, From, To);

    /// <summary>What this filter and the one of signals have alike.</summary>
    public static void Check(FieldErrors errors, string? symbol, string? action, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (symbol is not null && !Contracts.Market.Symbols.IsWellFormed(symbol))
        {
            errors.Add("symbol", "is not a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }

        if (action is not (null or "BUY" or "SELL"))
        {
            errors.Add("action", "may be BUY or SELL.");
        }

        if (from >= to)
        {
            errors.Add("to", "has to be later than from.");
        }
    }
}

/// <summary>Which signals to list.</summary>
internal sealed record SignalFilter : IValidated
{
    private const int LongestCode = 64;

    [Description("Those of one session.")]
    public Guid? SessionId { get; init; }

    [Description("Those of one symbol.")]
    public string? Symbol { get; init; }

    [Description("BUY or SELL.")]
    public string? Action { get; init; }

    [Description("ACCEPTED, EXECUTED, PARTIAL, REJECTED, RECORDED or EXPIRED.")]
    public string? Status { get; init; }

    [Description("Those refused with this code.")]
    public string? Code { get; init; }

    [Description("From here on, on the market's clock.")]
    public DateTimeOffset? From { get; init; }

    [Description("Before this, on the market's clock.")]
    public DateTimeOffset? To { get; init; }

    public void Validate(FieldErrors errors)
    {
        HistoryFilter.Check(errors, Symbol, Action, From, To);
        if (Status is not (null or "ACCEPTED" or "EXECUTED" or "PARTIAL" or "REJECTED" or "RECORDED" or "EXPIRED"))
        {
            errors.Add("status", "may be ACCEPTED, EXECUTED, PARTIAL, REJECTED, RECORDED or EXPIRED.");
        }

        if (Code is not null)
        {
            errors.Require("code", Code, LongestCode);
        }
    }
}
