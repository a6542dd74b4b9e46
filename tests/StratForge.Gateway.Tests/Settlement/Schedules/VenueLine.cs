using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>What happens to one submission on its way.</summary>
internal enum SubmissionFault
{
    None,

    /// <summary>Too many requests; nothing happened.</summary>
    TooMany,

    /// <summary>A server error before anything happened.</summary>
    ErrorBefore,

    /// <summary>A server error after the order was taken.</summary>
    ErrorAfter,

    /// <summary>The order was taken, its answer never arrives.</summary>
    AnswerLost,
}

/// <summary>When a process dies at the venue's door.</summary>
internal enum DeathAtVenue
{
    Never,
    BeforeSubmission,
    AfterSubmission,
}

/// <summary>The line of one process to the venue. Faults come as the schedule has drawn them; the dead are never answered.</summary>
/// <param name="venue">The venue.</param>
/// <param name="faultOf">What happens to the next submission in a symbol.</param>
internal sealed class VenueLine(PaperVenue venue, Func<string, SubmissionFault> faultOf) : IBroker
{
    private readonly TaskCompletionSource _never = new();
    private volatile bool _isCut;

    /// <summary>Told of every order that the venue has taken.</summary>
    public Action<AlpacaOrder>? Taken { get; set; }

    /// <summary>Told when the next submission has come to where the process is to die.</summary>
    public Action? Dies { get; set; }

    public DeathAtVenue Death { get; set; }

    /// <summary>Cancels that were asked for, by the venue's id.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<Guid, int> Canceled { get; } = new();

    public int AvailableOrders { get; set; } = int.MaxValue;

    /// <summary>Nothing goes either way any more.</summary>
    public void Cut() => _isCut = true;

    public async Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken)
    {
        await ComeAsync();
        if (Death == DeathAtVenue.BeforeSubmission)
        {
            await DieAsync();
        }

        var fault = faultOf(order.Symbol);
        if (fault is SubmissionFault.TooMany or SubmissionFault.ErrorBefore)
        {
            throw Refuse(fault == SubmissionFault.TooMany ? HttpStatusCode.TooManyRequests : HttpStatusCode.ServiceUnavailable);
        }

        var taken = await venue.SubmitAsync(order, cancellationToken);
        Taken?.Invoke(taken);
        if (Death == DeathAtVenue.AfterSubmission)
        {
            await DieAsync();
        }

        return fault switch
        {
            SubmissionFault.ErrorAfter => throw Refuse(HttpStatusCode.GatewayTimeout),
            SubmissionFault.AnswerLost => throw new AlpacaException("The answer was lost.", new HttpRequestException()),
            _ => taken,
        };
    }

    public async Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await ComeAsync();
        return await venue.FindAsync(id, cancellationToken);
    }

    public async Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken)
    {
        await ComeAsync();
        try
        {
            await venue.CancelAsync(venueOrderId, cancellationToken);
        }
        finally
        {
            Canceled.AddOrUpdate(venueOrderId, 1, static (_, count) => count + 1);
        }
    }

    public async Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken)
    {
        await ComeAsync();
        return await venue.ListOpenAsync(cancellationToken);
    }

    public async IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ComeAsync();
        await foreach (var fill in venue.ListFillsAsync(venueOrderId, cancellationToken))
        {
            yield return fill;
        }
    }

    public IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync(CancellationToken cancellationToken) => venue.ReadUpdatesAsync(cancellationToken);

    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) => venue.GetClockAsync(cancellationToken);

    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) => venue.GetAccountAsync(cancellationToken);

    public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) => venue.ListPositionsAsync(cancellationToken);

    public Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) => venue.ListAssetsAsync(cancellationToken);

    public Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken) => venue.FindQuoteAsync(symbol, cancellationToken);

    private Task ComeAsync() => _isCut ? _never.Task : Task.CompletedTask;

    private Task DieAsync()
    {
        Dies?.Invoke();
        return _never.Task;
    }

    private static AlpacaException Refuse(HttpStatusCode status) =>
        new(new AlpacaError(status, null, "trouble at the venue", new Dictionary<string, JsonElement>(StringComparer.Ordinal), null));
}
