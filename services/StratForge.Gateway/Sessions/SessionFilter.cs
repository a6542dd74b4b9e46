using System.ComponentModel;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Sessions;

/// <summary>Which sessions to list.</summary>
internal sealed record SessionFilter : IValidated
{
    private static readonly string[] Known = [.. Enum.GetValues<SessionStatus>().Select(SessionLifecycle.Spell)];

    [Description("STARTING, RUNNING, PAUSED, STOPPING, STOPPED, FAILED or COMPLETED.")]
    public string? Status { get; init; }

    [Description("Those of one strategy.")]
    public Guid? StrategyId { get; init; }

    [Description("PAPER or OBSERVE.")]
    public string? Mode { get; init; }

    [Description("Those on one symbol.")]
    public string? Symbol { get; init; }

    [Description("true: those that have not ended; false: those that have.")]
    public bool? Open { get; init; }

    public void Validate(FieldErrors errors)
    {
        if (Status is not null && !Known.Contains(Status, StringComparer.Ordinal))
        {
            errors.Add("status", $"may be {string.Join(", ", Known)}.");
        }

        if (Mode is not (null or "PAPER" or "OBSERVE"))
        {
            errors.Add("mode", "may be PAPER or OBSERVE.");
        }

        if (Symbol is not null && !Symbols.IsWellFormed(Symbol))
        {
            errors.Add("symbol", "is not a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }
    }
}
