using Npgsql;
using StratForge.Gateway.Bookkeeping;
using StratForge.Contracts.Orders;

namespace StratForge.Gateway.Risk;

/// <summary>Makes true what a switch on flatten says: cancels the orders within its reach and closes the positions at the market, for as long as
/// it stands there.</summary>
/// <remarks>
/// Nothing is remembered between rounds but the newest closing of each position: every round looks what is open and held, and
/// does what is missing. So it goes on after any crash, in any replica, and a fill that arrives late is closed as well. A closing is
/// written down before it is asked for; its order's key follows from what was written. A closing that is found without an
/// answer is asked for again, and is the same order. Two of one position never run at once.
/// </remarks>
internal sealed partial class Flattening(
    RiskBooks books, IClosingDesk desk, ClosingStore store, TimeProvider clock, ILogger<Flattening> logger) : BackgroundService
{
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(1);

    // A closing that was refused, or ended without a fill, would be refused again a moment later.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private const int MostShown = 100;

    // Each is a request to the broker or a wait for a commit that others share.
    private const int AtOnce = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RoundEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or NotLeadingException or TimeoutException)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    /// <summary>Does what is missing now, if no other gateway is at it.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        var book = books.Current;
        if (book.Flattening.Count == 0)
        {
            return;
        }

        await store.AloneAsync(
            async () =>
            {
                foreach (var key in book.Flattening.Where(key => MayClose(book, key)))
                {
                    await FlattenAsync(key, cancellationToken);
                }
            },
            cancellationToken);
    }

    /// <summary>How far a switch on flatten has come.</summary>
    public async Task<FlattenProgress> ShowAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        var closings = await store.ListAsync(key, cancellationToken);
        var orders = await desk.ListOrdersAsync(key, cancellationToken);
        var positions = (await desk.ListPositionsAsync(key, cancellationToken)).ToDictionary(PlaceOf);
        var ours = closings.Where(closing => closing.IsOpen).Select(closing => closing.OrderId).ToHashSet();
        var strangers = orders.Count(order => !ours.Contains(order.Id));
        return new FlattenProgress(
            !MayClose(books.Current, key) ? "waiting" : orders.Count == 0 && positions.Count == 0 ? "done" : "running",
            strangers,
            orders.Count - strangers,
            positions.Count,
            [
                .. closings
                    .Where(closing => closing.Code is not null && positions.ContainsKey(PlaceOf(closing.Closing)))
                    .OrderBy(closing => closing.AskedAt)
                    .Take(MostShown)
                    .Select(closing => new RefusedClosing(
                        closing.Closing.UserId, closing.Closing.SessionId, closing.Closing.Symbol, closing.Code!, closing.Detail!, closing.AskedAt)),
            ]);
    }

    private async Task FlattenAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        // First what was asked for and not answered: only then is it known which orders are ours.
        var closings = await store.ListAsync(key, cancellationToken);
        var unanswered = closings.Where(closing => closing.IsUnanswered).ToArray();
        await Parallel.ForEachAsync(unanswered, Abreast(cancellationToken), async (closing, token) => await AskAsync(closing.Closing, token));
        if (unanswered.Length > 0)
        {
            closings = await store.ListAsync(key, cancellationToken);
        }

        var ours = closings.Where(closing => closing.IsOpen).Select(closing => closing.OrderId).ToHashSet();
        await Parallel.ForEachAsync(
            (await desk.ListOrdersAsync(key, cancellationToken)).Where(order => !ours.Contains(order.Id)),
            Abreast(cancellationToken),
            async (order, token) => await desk.CancelAsync(order, token));

        var newest = closings.ToDictionary(closing => PlaceOf(closing.Closing));
        var before = clock.GetUtcNow() - RetryAfter;
        await Parallel.ForEachAsync(await desk.ListPositionsAsync(key, cancellationToken), Abreast(cancellationToken), async (position, token) =>
        {
            var last = newest.GetValueOrDefault(PlaceOf(position));
            if (position.Free <= 0 || last is { IsOpen: true } || (last is { IsFilled: false } && last.AskedAt > before))
            {
                return;
            }

            var closing = new Closing(
                position.UserId, position.SessionId, position.Symbol, (last?.Closing.Attempt ?? 0) + 1,
                position.Quantity > 0 ? Side.Sell : Side.Buy, position.Free);
            await store.AddAsync(closing, token);
            await AskAsync(closing, token);
        });
    }

    private async Task AskAsync(Closing closing, CancellationToken cancellationToken)
    {
        var answer = await desk.CloseAsync(closing, cancellationToken);
        await store.AnswerAsync(closing, answer, cancellationToken);
        if (answer.OrderId is { } orderId)
        {
            LogClosing(closing.Quantity, closing.Symbol, closing.UserId, orderId);
        }
        else
        {
            LogRefused(closing.Symbol, closing.UserId, answer.Detail);
        }
    }

    private static bool MayClose(RiskBook book, SwitchKey key) => book.SwitchesOf(key.UserId, key.SessionId).MayCloseAt(key.Level);

    private static (Guid UserId, Guid? SessionId, string Symbol) PlaceOf(OpenPosition position) =>
        (position.UserId, position.SessionId, position.Symbol);

    private static (Guid UserId, Guid? SessionId, string Symbol) PlaceOf(Closing closing) => (closing.UserId, closing.SessionId, closing.Symbol);

    private static ParallelOptions Abreast(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

    [LoggerMessage(LogLevel.Information, "Closing {Quantity} {Symbol} of user {UserId} with order {OrderId}")]
    private partial void LogClosing(decimal quantity, string symbol, Guid userId, Guid orderId);

    [LoggerMessage(LogLevel.Warning, "Closing {Symbol} of user {UserId} was refused: {Detail}")]
    private partial void LogRefused(string symbol, Guid userId, string? detail);


    [LoggerMessage(LogLevel.Warning, "Flattening goes on at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
