using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

/// <summary>A session as this worker claimed it. What it runs is pinned, so none of this changes while the claim holds.</summary>
/// <param name="Id">The session.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">What it trades.</param>
/// <param name="AssetClass">What that is.</param>
/// <param name="Mode">What becomes of its signals.</param>
/// <param name="IsStopping">Whether its owner had already asked it to stop.</param>
/// <param name="Parameters">Values for the strategy's parameters.</param>
/// <param name="Seed">Seed of its random numbers.</param>
/// <param name="Epoch">Of this claim. Whoever comes later has a higher one, and everything written under this one is then refused.</param>
/// <param name="Kind">Which host runs it.</param>
/// <param name="Code">Source of the pinned version.</param>
/// <param name="HasBegun">Whether it ran before: where it begins is then fixed.</param>
/// <param name="CreatedAt">When its owner asked for it.</param>
internal sealed record ClaimedSession(
    Guid Id,
    Guid UserId,
    Guid StrategyId,
    string Symbol,
    AssetClass AssetClass,
    SessionMode Mode,
    bool IsStopping,
    IReadOnlyDictionary<string, JsonElement> Parameters,
    long Seed,
    long Epoch,
    HostKind Kind,
    string Code,
    bool HasBegun,
    DateTimeOffset CreatedAt)
{
    /// <summary>How often its host crashed and was started again under this claim.</summary>
    public int Restarts { get; init; }
}
