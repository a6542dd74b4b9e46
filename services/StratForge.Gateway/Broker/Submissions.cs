using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Broker;

/// <summary>Sends committed orders to the broker: those of one symbol one after the other, those of different symbols side by side.</summary>
/// <remarks>The rows in <c>broker_orders</c> are the outbox; what waits in here is only the fast way to the wire. Whatever is lost
/// with this process has no <c>submitted_at</c> and is found and sent by the next sweep. Sending twice is safe: the venue takes an id once.</remarks>
internal sealed partial class Submissions(
    IBroker broker, BooksAccount account, BookKeeper books, VenueLooks looks, TimeProvider clock, ILogger<Submissions> logger) : IHostedService, IDisposable
{
    // As many as one venue connection pool serves well; the request budget is kept by the client.
    private const int SideBySide = 16;

    // More than this waiting means that the broker is away; the sweep offers them again.
    private const int MostWaiting = 20_000;

    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);

    // A commit proves that this gateway leads. What is sent longer after it than this is sent only after another look: somebody who took over
    // meanwhile may have decided otherwise about the order.
    private static readonly TimeSpan ProvenFor = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, string> _inFlight = new();
    private readonly SemaphoreSlim _connections = new(SideBySide);
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>Whether this process is busy sending the order.</summary>
    public bool IsInFlight(Guid id) => _inFlight.ContainsKey(id);

    /// <summary>Symbols in which this process is busy sending something.</summary>
    public IReadOnlySet<string> SymbolsInFlight => _inFlight.Values.ToHashSet(StringComparer.Ordinal);

    /// <summary>Sends orders in the order given, without making the caller wait.</summary>
    public void Submit(IReadOnlyList<BrokerOrderFacts> orders)
    {
        foreach (var order in orders)
        {
            if (_inFlight.Count < MostWaiting && _inFlight.TryAdd(order.Id, order.Symbol))
            {
                var provenAt = clock.GetTimestamp();
                Enqueue(order.Symbol, cancellationToken => SendAsync(order, provenAt, cancellationToken), order.Id);
            }
        }
    }

    /// <summary>Asks the venue to give orders back, without making the caller wait; their end comes as a report.</summary>
    public void Recall(IReadOnlyList<BrokerOrder> orders)
    {
        foreach (var order in orders)
        {
            if (order.Now.VenueOrderId is { } venueOrderId)
            {
                // Past the lanes: nobody waits for what he wants back.
                _ = Task.Run(() => CancelAsync(order.Id, venueOrderId), CancellationToken.None);
            }
        }
    }

    private void Enqueue(string symbol, Func<CancellationToken, Task> send, Guid id)
    {
        var lane = _lanes.GetOrAdd(symbol, static _ => new Lane());
        lock (lane)
        {
            lane.Waiting.Enqueue((send, id));
            if (!lane.Running)
            {
                lane.Running = true;
                lane.Run = Task.Run(() => RunAsync(lane), CancellationToken.None);
            }
        }
    }

    private async Task CancelAsync(Guid id, Guid venueOrderId)
    {
        try
        {
            await account.ConfirmAsync(_stopped.Token);
            await broker.CancelAsync(venueOrderId, _stopped.Token);
        }
        catch (Exception exception) when (exception is AlpacaException or NpgsqlException)
        {
            // Over already, or the venue is away: a look tells which, and asks again while it is open.
            LogNotRecalled(id, exception.Message);
            looks.AskFor(id);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // Stopping: it is marked as wanted back, and the next start asks again.
        }
        catch (ForeignAccountException)
        {
            // So does whoever keeps the books at their account.
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        books.Committed += OnCommitted;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        books.Committed -= OnCommitted;
        await _stopped.CancelAsync();

        // Nothing leaves this process any more once this returns: whoever keeps the books next decides what is sent again.
        foreach (var lane in _lanes.Values)
        {
            await lane.Run;
        }
    }

    private void OnCommitted(Changes changes)
    {
        if (changes.Sends.Count > 0)
        {
            Submit(changes.Sends.ConvertAll(order => order.Facts));
        }

        Recall(changes.Recalls);
        foreach (var id in changes.Missing)
        {
            looks.AskFor(id);
        }
    }

    public void Dispose()
    {
        _stopped.Dispose();
        _connections.Dispose();
    }

    private async Task RunAsync(Lane lane)
    {
        while (true)
        {
            (Func<CancellationToken, Task> Send, Guid Id) next;
            lock (lane)
            {
                if (!lane.Waiting.TryDequeue(out next))
                {
                    lane.Running = false;
                    return;
                }
            }

            try
            {
                await _connections.WaitAsync(_stopped.Token);
                try
                {
                    await next.Send(_stopped.Token);
                }
                finally
                {
                    _connections.Release();
                }
            }
            catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
            {
                // Stopping: the outbox keeps what was not sent.
            }
            catch (NotLeadingException)
            {
                // The next writer compares with the venue before it does anything else.
            }
            catch (Exception exception)
            {
                // The database that says who leads is away, or something that nobody foresaw. The symbol's other orders go on; the outbox keeps
                // this one, and whatever is wrong with it is said again each time the sweep offers it.
                LogNotSent(exception, next.Id);
            }
            finally
            {
                _inFlight.TryRemove(next.Id, out _);
            }
        }
    }

    private async Task SendAsync(BrokerOrderFacts order, long provenAt, CancellationToken cancellationToken)
    {
        using var activity = OrderTelemetry.Source.StartActivity("submit order", ActivityKind.Client, order.Traceparent);
        activity?.SetTag("stratforge.symbol", order.Symbol);
        activity?.SetTag("stratforge.broker_order", order.Id);

        var wait = FirstRetryAfter;
        var mayHaveLanded = false;
        while (true)
        {
            try
            {
                if (!books.IsLeading)
                {
                    // The next writer compares with the venue and sends what is missing there, under its own decisions.
                    return;
                }

                await account.ConfirmAsync(cancellationToken);
                if (mayHaveLanded && await broker.FindAsync(order.Id, cancellationToken) is { } landed)
                {
                    await ReportAsync(landed, order);
                    return;
                }

                if (clock.GetElapsedTime(provenAt) > ProvenFor)
                {
                    if (!await books.StillLeadsAsync(cancellationToken))
                    {
                        return;
                    }

                    provenAt = clock.GetTimestamp();
                    if (await IsWantedBackAsync(order, cancellationToken))
                    {
                        return;
                    }
                }

                mayHaveLanded = true;
                await ReportAsync(await broker.SubmitAsync(order, cancellationToken), order);
                return;
            }
            catch (AlpacaException exception) when (exception.Error is { IsDuplicateClientOrderId: true })
            {
                mayHaveLanded = true;
            }
            catch (AlpacaException exception) when (exception.IsTransient || !account.IsConfirmed)
            {
                mayHaveLanded = mayHaveLanded && exception.OutcomeIsUnknown;
                LogRetry(order.Id, order.Symbol, wait, exception.Message);
            }
            catch (AlpacaException exception) when (IsOfTheAccount(exception.Error))
            {
                OrderTelemetry.Held.Add(1);
                LogHeld(order.Id, order.Symbol, exception.Message);
                await books.ReportAsync(new VenueReport.Held(order.Id, $"the venue holds it back: {exception.Message}"), cancellationToken);
                return;
            }
            catch (AlpacaException exception)
            {
                LogRefused(order.Id, order.Symbol, exception.Message);
                activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
                await books.ReportAsync(
                    new VenueReport.Refused(order.Id, "BROKER_REJECTED", $"BROKER_REJECTED: {exception.Message}"), cancellationToken);
                return;
            }

            await Task.Delay(wait, clock, cancellationToken);
            wait = wait * 2 < LongestRetryAfter ? wait * 2 : LongestRetryAfter;
        }
    }

    /// <summary>Whether the house has called an order back that the venue never had: then it is over, and not sent to be called back there.</summary>
    /// <exception cref="AlpacaException">The venue does not answer.</exception>
    private async Task<bool> IsWantedBackAsync(BrokerOrderFacts order, CancellationToken cancellationToken)
    {
        if (await books.AskAsync(new Standing(order.Id), cancellationToken) is not { IsRecalled: true })
        {
            return false;
        }

        if (await broker.FindAsync(order.Id, cancellationToken) is { } landed)
        {
            await ReportAsync(landed, order);
        }
        else
        {
            await books.ReportAsync(Standing.NeverSent(order.Id), cancellationToken);
        }

        return true;
    }

    private async Task ReportAsync(AlpacaOrder placed, BrokerOrderFacts order)
    {
        OrderTelemetry.Submitted.Add(1);
        await books.ReportAsync(new VenueReport.Acknowledged(order.Id, placed.Id), CancellationToken.None);
        if (placed.FilledQty > 0 || placed.IsOver)
        {
            // Its events may have passed before anyone listened.
            looks.AskFor(order.Id);
        }
    }

    /// <summary>Whether the venue refused only because of something else in the account: an opposite order, or units that other orders hold.</summary>
    internal static bool IsOfTheAccount(AlpacaError? error) =>
        error is not null
        && (error.Message.Contains("wash trade", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("order is open", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("insufficient qty", StringComparison.OrdinalIgnoreCase)
            || (error.ContextText("reject_reason")?.Contains("opposite side", StringComparison.OrdinalIgnoreCase) ?? false));

    private sealed class Lane
    {
        public Queue<(Func<CancellationToken, Task> Send, Guid Id)> Waiting { get; } = new();

        public bool Running { get; set; }

        public Task Run { get; set; } = Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "Broker order {OrderId} in {Symbol} is sent again in {Wait}: {Reason}")]
    private partial void LogRetry(Guid orderId, string symbol, TimeSpan wait, string reason);

    [LoggerMessage(LogLevel.Information, "Broker order {OrderId} in {Symbol} waits again, the account has something against it: {Reason}")]
    private partial void LogHeld(Guid orderId, string symbol, string reason);

    [LoggerMessage(LogLevel.Error, "Broker order {OrderId} was not sent; the sweep offers it again")]
    private partial void LogNotSent(Exception exception, Guid orderId);

    [LoggerMessage(LogLevel.Information, "Broker order {OrderId} can't be called back now: {Reason}")]
    private partial void LogNotRecalled(Guid orderId, string reason);

    [LoggerMessage(LogLevel.Warning, "The broker refused order {OrderId} in {Symbol}: {Reason}")]
    private partial void LogRefused(Guid orderId, string symbol, string reason);
}
