using System.ComponentModel;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Portfolio;

/// <summary>Which ledger entries to list.</summary>
internal sealed record LedgerFilter : IValidated
{
    private static readonly string[] Reasons =
    [
        PostingReason.Deposit, PostingReason.Reserve, PostingReason.Release, PostingReason.Trade, PostingReason.Fee, PostingReason.Pnl,
        PostingReason.Dividend, PostingReason.Reset,
    ];

    [Description("USD, or a symbol for its units.")]
    public string? Asset { get; init; }

    [Description("deposit, reserve, release, trade, fee, pnl, dividend or reset.")]
    public string? Reason { get; init; }

    [Description("Booked then or later.")]
    public DateTimeOffset? From { get; init; }

    [Description("Booked before.")]
    public DateTimeOffset? To { get; init; }

    [Description("Those of one order.")]
    public Guid? OrderId { get; init; }

    public void Validate(FieldErrors errors)
    {
        if (Asset is not (null or "USD") && !Symbols.IsWellFormed(Asset))
        {
            errors.Add("asset", "has to be USD or a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }

        if (Reason is not null && !Reasons.Contains(Reason, StringComparer.Ordinal))
        {
            errors.Add("reason", $"may be {string.Join(", ", Reasons)}.");
        }

        if (From >= To)
        {
            errors.Add("from", "has to be before to.");
        }
    }
}
