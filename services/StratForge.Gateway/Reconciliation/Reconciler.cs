using Npgsql;
using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Compares what the books say is at the broker with what is there. Only where the books are kept.</summary>
internal sealed partial class Reconciler(
    ReconciliationStore store, BooksWatch watch, VenueBookingDesk bookings, BookKeeper books, BooksAccount account, IBroker broker, TimeProvider clock,
    ILogger<Reconciler> logger) : IDisposable
{
    // A difference has to stand in two looks; the third is for one that fell between two commits.
    private const int MostLooks = 3;

    // Longer than the venue takes to show in its positions what it has just reported.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);

    // What the newest look could not explain: confirmed when the next one finds the same, though that may be of the next run.
    private IReadOnlyDictionary<string, decimal> _suspected = new Dictionary<string, decimal>(StringComparer.Ordinal);

    /// <summary>Compares now.</summary>
    /// <param name="cause">Why: <c>lead</c>, <c>connect</c>, <c>timer</c> or <c>request</c>.</param>
    /// <param name="cancellationToken">Gives up; what was found so far is not kept then.</param>
    /// <exception cref="AlpacaException">The broker does not answer; the newest findings stand.</exception>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task<ReconciliationReport> CheckAsync(string cause, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await CompareAsync(cause, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        return await store.ReadReportAsync(cancellationToken);
    }

    /// <summary>Moves a drift to suspense, after another look.</summary>
    /// <param name="id">Id of the repair: one id never repairs twice.</param>
    /// <param name="request">Asset, amount and reason, checked.</param>
    /// <param name="actorId">Who asks for it.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <exception cref="AlpacaException">The broker does not answer; nothing was booked.</exception>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task<RepairOutcome> RepairAsync(Guid id, RepairRequest request, Guid actorId, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (await store.FindRepairAsync(id, cancellationToken) is { } before)
            {
                return new RepairOutcome.Booked(before);
            }

            var finding = (await CompareAsync("repair", cancellationToken)).FirstOrDefault(finding => finding.Asset == request.Asset);
            if (!(await store.ReadStandingAsync(cancellationToken)).TryGetValue(request.Asset!, out var drift))
            {
                return new RepairOutcome.NoDrift(finding?.Status);
            }

            if (drift.Difference != request.Amount)
            {
                return new RepairOutcome.OtherAmount(drift.Difference);
            }

            var repair = await books.AskAsync(new RepairDrift(id, request.Asset!, drift, request.Reason!, actorId), cancellationToken);
            LogRepaired(repair.Amount, repair.Asset, actorId, repair.Reason);
            ReconciliationTelemetry.SetDrifting((await store.ReadStandingAsync(cancellationToken)).Count);
            return new RepairOutcome.Booked(repair);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Somebody was faster: this very request, through another gateway, or another one for the same drift.
            return await store.FindRepairAsync(id, cancellationToken) is { } booked
                ? new RepairOutcome.Booked(booked)
                : new RepairOutcome.NoDrift(ReconciledStatus.Matches);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Looks until every difference is understood, and keeps what was found.</summary>
    private async Task<IReadOnlyList<AssetFinding>> CompareAsync(string cause, CancellationToken cancellationToken)
    {
        var standing = await store.ReadStandingAsync(cancellationToken);
        var takenOver = false;
        for (var look = 1; ; look++)
        {
            var findings = await LookAsync(standing, cancellationToken);
            if (findings is null)
            {
                // It was taken over at this look; from now on the sums agree.
                takenOver = true;
                continue;
            }

            _suspected = findings.Where(finding => finding.Verdict == Verdict.Suspect)
                .ToDictionary(finding => finding.Asset, finding => finding.Difference, StringComparer.Ordinal);
            if (look < MostLooks && findings.Any(finding => finding.WantsAnotherLook))
            {
                await Task.Delay(LookAgainAfter, clock, cancellationToken);
                continue;
            }

            if (!books.IsLeading)
            {
                // Commits of the gateway that leads now were not watched.
                throw new NotLeadingException();
            }

            await store.SaveAsync(findings, takenOver, cause, look, clock.Now(), cancellationToken);
            Tell(findings);
            return findings;
        }
    }

    /// <summary>Compares once; null when what was at the broker before the platform was taken over instead.</summary>
    private async Task<IReadOnlyList<AssetFinding>?> LookAsync(
        IReadOnlyDictionary<string, StandingDrift> standing, CancellationToken cancellationToken)
    {
        if (!books.IsLeading)
        {
            throw new NotLeadingException();
        }

        await account.ConfirmAsync(cancellationToken);

        // What the venue has booked by itself explains what would look like a drift.
        await bookings.BookAsync(cancellationToken);
        var mark = watch.Mark;
        var before = await store.ReadBooksAsync(cancellationToken);
        var atBroker = await ReadBrokerAsync(cancellationToken);
        var after = await store.ReadBooksAsync(cancellationToken);

        // What was open at any moment of the look may have been filled during it; the earlier state still wants more.
        OrderInFlight[] inFlight = [.. before.Orders.Concat(after.Orders).DistinctBy(order => order.Id)];
        AssetFinding[] findings =
        [
            .. after.Assets.Values.Where(booked => booked.Expected != 0).Select(booked => booked.Asset)
                .Concat(atBroker.Where(held => held.Value != 0).Select(held => held.Key))
                .Concat(standing.Keys)
                .Append(BookedAsset.Usd)
                .Distinct(StringComparer.Ordinal)
                .Select(asset =>
                {
                    var booked = after.Assets.GetValueOrDefault(asset) ?? BookedAsset.None(asset);
                    return AssetFinding.Of(
                        booked,
                        atBroker.GetValueOrDefault(asset),
                        InFlight.Of(asset, inFlight),
                        watch.Moved(asset, mark) || (before.Assets.GetValueOrDefault(asset)?.Expected ?? 0) != booked.Expected,
                        standing.GetValueOrDefault(asset),
                        _suspected.TryGetValue(asset, out var suspected) ? suspected : null);
                }),
        ];

        // Nothing was traded and nothing is on its way: whatever is there was there before.
        return after is { WasTraded: false, WasTakenOver: false } && inFlight.Length == 0 && await TakeOverAsync(findings, mark, cancellationToken)
            ? null
            : findings;
    }

    private async Task<Dictionary<string, decimal>> ReadBrokerAsync(CancellationToken cancellationToken)
    {
        var money = await broker.GetAccountAsync(cancellationToken);
        var held = new Dictionary<string, decimal>(StringComparer.Ordinal) { [BookedAsset.Usd] = money.Cash };
        foreach (var position in await broker.ListPositionsAsync(cancellationToken))
        {
            // Positions spell pairs without their slash.
            held[position.TradedSymbol] = held.GetValueOrDefault(position.TradedSymbol) + position.Qty;
        }

        return held;
    }

    private async Task<bool> TakeOverAsync(AssetFinding[] findings, long mark, CancellationToken cancellationToken)
    {
        if (!await books.AskAsync(new TakeOver(findings, watch, mark), cancellationToken))
        {
            return false;
        }

        foreach (var finding in findings.Where(finding => finding.Difference != 0))
        {
            LogTakenOver(finding.Difference, finding.Asset);
        }

        return true;
    }

    private void Tell(IReadOnlyList<AssetFinding> findings)
    {
        ReconciliationTelemetry.Runs.Add(1);
        ReconciliationTelemetry.SetDrifting(findings.Count(finding => finding.Status == ReconciledStatus.Drift));
        foreach (var finding in findings)
        {
            switch (finding.Verdict)
            {
                case Verdict.Drift:
                    ReconciliationTelemetry.Drifts.Add(1, new KeyValuePair<string, object?>("stratforge.asset", finding.Asset));
                    LogDrift(finding.Asset, finding.Booked.Expected, finding.Actual, finding.Difference);
                    break;
                case Verdict.Recovered:
                    LogRecovered(finding.Asset, finding.Standing!.Difference);
                    break;
                default:
                    break;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Books and broker differ in {Asset}: {Expected} in the books, {Actual} at the broker, {Difference} more there, and nothing explains it")]
    private partial void LogDrift(string asset, decimal expected, decimal actual, decimal difference);

    [LoggerMessage(LogLevel.Warning, "Books and broker agree again in {Asset}; the broker had {Difference} more")]
    private partial void LogRecovered(string asset, decimal difference);

    [LoggerMessage(LogLevel.Warning, "{Amount} of {Asset} were moved to suspense by {ActorId}: {Reason}")]
    private partial void LogRepaired(decimal amount, string asset, Guid actorId, string reason);

    [LoggerMessage(LogLevel.Information, "{Amount} of {Asset} were at the broker before the platform; they are the house's now")]
    private partial void LogTakenOver(decimal amount, string asset);
}
