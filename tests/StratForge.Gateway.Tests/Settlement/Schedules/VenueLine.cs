using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>What happens to one request on its way to the venue and back.</summary>
internal enum RequestFate
{
    /// <summary>Nothing out of the ordinary.</summary>
    Arrives,

    /// <summary>429; nothing happened.</summary>
    TooMany,

    /// <summary>503 before anything happened.</summary>
    ErrorBefore,

    /// <summary>504 after the venue did as it was asked.</summary>
    ErrorAfter,

    /// <summary>The connection breaks before the request arrives; nobody here knows that it did not.</summary>
    DisconnectBefore,

    /// <summary>The connection breaks before the answer arrives.</summary>
    DisconnectAfter,

    /// <summary>The process dies before the request arrives.</summary>
    DeathBefore,

    /// <summary>The process dies before the answer arrives.</summary>
    DeathAfter,
}

/// <summary>The line of one process to the venue. Requests of the submissions wait at its door until the schedule lets them go, one at a time:
/// so they are late, overtake each other, fail and are overtaken by the process's death as the seed says. The dead are never answered.</summary>
/// <param name="venue">The venue.</param>
internal sealed class VenueLine(PaperVenue venue)
{
    private readonly Lock _gate = new();
    private readonly List<Request> _atDoor = [];
    private readonly TaskCompletionSource _never = new();
    private Side? _submissions;
    private Side? _comparisons;
    private int _underWay;
    private int _cancels;
    private volatile bool _isCut;

    /// <summary>Told of every order that the venue has taken.</summary>
    public Action<AlpacaOrder>? Taken { get; set; }

    /// <summary>Told when the process is to die.</summary>
    public Action? Dies { get; set; }

    /// <summary>What happens to the next request of a comparison; those don't wait at the door, for nothing else goes on meanwhile.</summary>
    public Func<RequestFate> ComparisonFate { get; set; } = static () => RequestFate.Arrives;

    /// <summary>Orders that the request budget has room for.</summary>
    public int AvailableOrders { get; set; } = int.MaxValue;

    /// <summary>The submissions' side of it.</summary>
    public IBroker Submissions => _submissions ??= new Side(this, isComparison: false);

    /// <summary>The comparisons' side of it.</summary>
    public IBroker Comparisons => _comparisons ??= new Side(this, isComparison: true);

    /// <summary>Requests that were let go and are not answered yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Requests for a cancel that have ever come to the door.</summary>
    public int CancelsSeen => Volatile.Read(ref _cancels);

    /// <summary>What waits at the door, in an order that depends on nothing but the schedule.</summary>
    public IReadOnlyList<Request> AtDoor
    {
        get
        {
            var places = venue.Orders.Select((order, place) => (order.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place);
            lock (_gate)
            {
                return [.. _atDoor.OrderBy(request => request.Deed).ThenBy(request => request.Symbol, StringComparer.Ordinal).ThenBy(request => places.GetValueOrDefault(request.Id))];
            }
        }
    }

    /// <summary>Requests of submissions that wait at the door: at most one per symbol.</summary>
    public int SubmissionsAtDoor
    {
        get
        {
            lock (_gate)
            {
                return _atDoor.Count(request => request.Deed == Deed.Submission);
            }
        }
    }

    /// <summary>Lets a request go.</summary>
    public void LetGo(Request request, RequestFate fate)
    {
        lock (_gate)
        {
            _atDoor.Remove(request);
        }

        Interlocked.Increment(ref _underWay);
        request.Fate.SetResult(fate);
    }

    /// <summary>Nothing goes either way any more.</summary>
    public void Cut() => _isCut = true;

    private PaperVenue Venue => venue;

    private async Task<T> AskAsync<T>(Request request, bool isComparison, Func<Task<T>> venue)
    {
        if (_isCut)
        {
            await _never.Task;
        }

        if (isComparison)
        {
            return await CarryAsync(ComparisonFate(), venue);
        }

        lock (_gate)
        {
            _cancels += request.Deed == Deed.Recall ? 1 : 0;
            _atDoor.Add(request);
        }

        var fate = await request.Fate.Task;
        try
        {
            return await CarryAsync(fate, venue);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<T> CarryAsync<T>(RequestFate fate, Func<Task<T>> venue)
    {
        switch (fate)
        {
            case RequestFate.DeathBefore:
                await DieAsync();
                break;
            case RequestFate.DeathAfter:
                try
                {
                    await venue();
                }
                catch (AlpacaException)
                {
                    // The venue said no; that does not arrive either.
                }

                await DieAsync();
                break;
            case RequestFate.TooMany:
                throw Refuse(HttpStatusCode.TooManyRequests);
            case RequestFate.ErrorBefore:
                throw Refuse(HttpStatusCode.ServiceUnavailable);
            case RequestFate.DisconnectBefore:
                throw new AlpacaException("The connection broke.", new HttpRequestException());
            default:
                break;
        }

        var answer = await venue();
        switch (fate)
        {
            case RequestFate.ErrorAfter:
                throw Refuse(HttpStatusCode.GatewayTimeout);
            case RequestFate.DisconnectAfter:
                throw new AlpacaException("The answer was lost.", new HttpRequestException());
            default:
                break;
        }

        return answer;
    }

    private Task DieAsync()
    {
        Dies?.Invoke();
        return _never.Task;
    }

    private static AlpacaException Refuse(HttpStatusCode status) =>
        new(new AlpacaError(status, null, "trouble at the venue", new Dictionary<string, JsonElement>(StringComparer.Ordinal), null));

    /// <summary>A request at the door.</summary>
    /// <param name="Deed">Submission or recall.</param>
    /// <param name="Symbol">Its symbol, for a submission.</param>
    /// <param name="Id">The broker order's id, or the venue's for a cancel.</param>
    /// <param name="IsQuestion">It only asks for what is there.</param>
    internal sealed record Request(Deed Deed, string Symbol, Guid Id, bool IsQuestion = false)
    {
        public TaskCompletionSource<RequestFate> Fate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Side(VenueLine line, bool isComparison) : IBroker
    {
        private readonly PaperVenue _venue = line.Venue;

        // Lanes know the symbol, a question by id does not say it.
        private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, string> _symbols = new();

        public int AvailableOrders => line.AvailableOrders;

        public Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken)
        {
            _symbols[order.Id] = order.Symbol;
            return line.AskAsync(new Request(Deed.Submission, order.Symbol, order.Id), isComparison, async () =>
            {
                var taken = await _venue.SubmitAsync(order, cancellationToken);
                line.Taken?.Invoke(taken);
                return taken;
            });
        }

        public Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken) =>
            line.AskAsync(new Request(Deed.Submission, _symbols.GetValueOrDefault(id, ""), id, IsQuestion: true), isComparison, () => _venue.FindAsync(id, cancellationToken));

        public Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken) =>
            line.AskAsync(new Request(Deed.Recall, "", venueOrderId), isComparison, async () =>
            {
                await _venue.CancelAsync(venueOrderId, cancellationToken);
                return true;
            });

        public Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken) =>
            line.AskAsync(new Request(Deed.Comparison, "", default), isComparison, () => _venue.ListOpenAsync(cancellationToken));

        public async IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await line.AskAsync(new Request(Deed.Comparison, "", default), isComparison, static () => Task.FromResult(true));
            await foreach (var fill in _venue.ListFillsAsync(venueOrderId, cancellationToken))
            {
                yield return fill;
            }
        }

        public IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync(CancellationToken cancellationToken) => _venue.ReadUpdatesAsync(cancellationToken);

        public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) => _venue.GetClockAsync(cancellationToken);

        public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) => _venue.GetAccountAsync(cancellationToken);

        public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) => _venue.ListPositionsAsync(cancellationToken);

        public Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) => _venue.ListAssetsAsync(cancellationToken);

        public Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken) => _venue.FindQuoteAsync(symbol, cancellationToken);
    }
}
