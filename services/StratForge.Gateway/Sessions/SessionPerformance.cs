using System.ComponentModel;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Sessions;

/// <summary>What a session came to. docs/sessions.md defines each figure.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Mode">Whether its signals trade.</param>
/// <param name="AsOf">The market's time of the newest price; our own when the market has not been heard.</param>
/// <param name="RealisedPnl">What its closed trades earned, after fees, USD.</param>
/// <param name="UnrealisedPnl">What closing what it holds at the last prices would earn, USD.</param>
/// <param name="NetPnl">Both together, USD.</param>
/// <param name="Fees">Fees it paid, by asset. They are part of the profit already.</param>
/// <param name="Fills">Executions of its orders.</param>
/// <param name="Turnover">Price times units of all of them, USD.</param>
/// <param name="Closings">Executions that made a position smaller.</param>
/// <param name="Wins">Closings with a profit.</param>
/// <param name="Losses">Closings with a loss.</param>
/// <param name="WinRate">Wins among closings, 0 to 1; null while there is none.</param>
/// <param name="AverageWin">Mean profit of the wins, USD; null while there is none.</param>
/// <param name="AverageLoss">Mean loss of the losses, USD, below zero; null while there is none.</param>
/// <param name="ProfitFactor">Sum of the wins over the sum of the losses; null while nothing was lost.</param>
/// <param name="MaxDrawdown">The deepest fall of its profit below its highest so far, over all samples and now, USD, zero or more.</param>
/// <param name="Pnl">Its profit over time, oldest first.</param>
/// <param name="Signals">What became of its signals.</param>
/// <param name="Hypothetical">What signals that were only recorded would have come to; null where there are none.</param>
public sealed record SessionPerformance(
    Guid SessionId,
    SessionMode Mode,
    DateTimeOffset AsOf,
    decimal RealisedPnl,
    decimal UnrealisedPnl,
    decimal NetPnl,
    IReadOnlyList<FeeTotal> Fees,
    int Fills,
    decimal Turnover,
    int Closings,
    int Wins,
    int Losses,
    double? WinRate,
    decimal? AverageWin,
    decimal? AverageLoss,
    double? ProfitFactor,
    decimal MaxDrawdown,
    IReadOnlyList<PnlSample> Pnl,
    SignalCounts Signals,
    HypotheticalPerformance? Hypothetical);

/// <summary>Fees paid in one asset.</summary>
/// <param name="Asset"><c>USD</c> or a coin.</param>
/// <param name="Amount">In that asset.</param>
public sealed record FeeTotal(string Asset, decimal Amount);

/// <summary>A session's profit at a moment of the market's time.</summary>
/// <param name="At">On the market's clock.</param>
/// <param name="Pnl">Realised and unrealised, USD.</param>
public sealed record PnlSample(DateTimeOffset At, decimal Pnl);

/// <summary>Signals by what became of them.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Traded">Those that became orders.</param>
/// <param name="Recorded">Those that were only recorded.</param>
/// <param name="Refused">Those that were refused.</param>
/// <param name="Refusals">The refused ones by code, most frequent first.</param>
public sealed record SignalCounts(int Total, int Traded, int Recorded, int Refused, IReadOnlyList<RefusalCount> Refusals);

/// <summary>Refused signals of one code.</summary>
/// <param name="Code">Why they were refused.</param>
/// <param name="Count">How many.</param>
public sealed record RefusalCount(string Code, int Count);

/// <summary>What recorded signals would have come to, each filled by the bar after it, without fees. Not money: no ledger knows of it.</summary>
/// <param name="RealisedPnl">What closings would have earned, USD.</param>
/// <param name="UnrealisedPnl">What closing the position at the last price would earn, USD.</param>
/// <param name="NetPnl">Both together, USD.</param>
/// <param name="Fills">Signals that would have filled.</param>
/// <param name="Unfilled">Signals whose limit the next bar did not reach.</param>
/// <param name="Waiting">Signals whose next bar has not come yet.</param>
/// <param name="Wins">Closings with a profit.</param>
/// <param name="Losses">Closings with a loss.</param>
/// <param name="WinRate">Wins among wins and losses, 0 to 1; null while there is neither.</param>
/// <param name="MaxDrawdown">The deepest fall of the realised profit below its highest so far, USD, zero or more.</param>
/// <param name="Position">What would be held.</param>
public sealed record HypotheticalPerformance(
    decimal RealisedPnl,
    decimal UnrealisedPnl,
    decimal NetPnl,
    int Fills,
    int Unfilled,
    int Waiting,
    int Wins,
    int Losses,
    double? WinRate,
    decimal MaxDrawdown,
    PositionView Position);

/// <summary>How finely to show it.</summary>
internal sealed record PerformanceQuery : IValidated
{
    private const int Most = 2_000;

    [Description("1 to 2,000 points of the profit over time; 500 if not given.")]
    public int? Points { get; init; }

    public int Take => Points ?? 500;

    public void Validate(FieldErrors errors)
    {
        if (Points is < 1 or > Most)
        {
            errors.Add("points", $"may be 1 to {Most}.");
        }
    }
}
