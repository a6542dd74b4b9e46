using Npgsql;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Of all replicas one keeps the books, reads the venue's order stream and looks after what was missed: the one that holds the lock.</summary>
internal sealed partial class BooksLeader(
    NpgsqlDataSource database, BooksStore store, BookKeeper books, BooksAccount account, IBroker broker, VenueLooks looks, BrokerRecovery recovery,
    BooksAddress address, TimeProvider clock, ILogger<BooksLeader> logger) : BackgroundService
{
    // Any number, as long as it is the same in every replica; these are the bytes of "settle".
    private const long LockKey = 0x736574746c65;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompareEvery = TimeSpan.FromMinutes(1);

    // A broker that is away is no reason to take no orders.
    private static readonly TimeSpan BrokerAnswersWithin = TimeSpan.FromSeconds(2);

    private long _listening;
    private BooksDoors? _advertised;

    /// <summary>Told of every connection of the order stream.</summary>
    public Action? Connected { get; set; }

    /// <summary>Whether this replica reads the order stream now.</summary>
    public bool IsListening => Interlocked.Read(ref _listening) == 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                if (await TryLeadAsync(connection, stoppingToken))
                {
                    await LeadAndLetGoAsync(connection, stoppingToken);
                }
            }
            catch (NpgsqlException exception)
            {
                LogLost(exception.Message);
            }
            catch (ForeignAccountException)
            {
                // Said where it was found out.
            }
            catch (NotLeadingException exception)
            {
                LogLost(exception.Message);
            }

            await Task.Delay(AskAgainAfter, clock, stoppingToken);
        }
    }

    private static async Task<bool> TryLeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task LeadAndLetGoAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        try
        {
            await ConfirmAccountAsync(stoppingToken);
            LogLeading();
            await LeadAsync(connection, stoppingToken);
        }
        finally
        {
            // A connection that goes back to the pool would keep the lock.
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            {
                await using var release = new NpgsqlCommand($"select pg_advisory_unlock({LockKey})", connection);
                await release.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }

    // While the broker does not answer nothing is known against the account, or what was known before.
    private async Task ConfirmAccountAsync(CancellationToken stoppingToken)
    {
        account.Doubt();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(BrokerAnswersWithin);
        try
        {
            await account.ConfirmAsync(patience.Token);
            return;
        }
        catch (AlpacaException exception)
        {
            LogAccountUnknown(exception.Message);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            LogAccountUnknown("The broker takes long to answer.");
        }

        if (account.Refusal is { } refusal)
        {
            throw new ForeignAccountException(refusal);
        }
    }

    /// <summary>Leads until stopped or until the lock's connection is lost.</summary>
    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        _advertised = address.Own;
        books.Lead(await store.LeadAsync(_advertised, clock.Now(), stoppingToken));
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] work = [ListenAsync(leading.Token), SweepAsync(connection, leading.Token), LookAsync(leading.Token)];
        try
        {
            await (await Task.WhenAny(work));
        }
        finally
        {
            Interlocked.Exchange(ref _listening, 0);
            books.StepDown();
            await leading.CancelAsync();
            await Task.WhenAll(work).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in broker.ReadUpdatesAsync(cancellationToken))
        {
            switch (message)
            {
                case AlpacaOrderMessage.Listening:
                    Interlocked.Exchange(ref _listening, 1);
                    LogListening();
                    _compareNow.Release();
                    Connected?.Invoke();
                    break;
                case AlpacaOrderMessage.Lost(var reason):
                    Interlocked.Exchange(ref _listening, 0);
                    account.Doubt();
                    LogStreamLost(reason);
                    break;
                case AlpacaOrderMessage.Update(var update):
                    if (VenueReports.Of(update, out var isForeign) is { } report)
                    {
                        await books.ReportAsync(report, cancellationToken);
                    }
                    else if (isForeign)
                    {
                        Orders.OrderTelemetry.Foreign.Add(1);
                        LogForeign(update.Order.ClientOrderId, update.Event);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    // Released by every connection of the stream: what happened before it nobody told us.
    private readonly SemaphoreSlim _compareNow = new(0);

    private async Task SweepAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var comparedAt = clock.GetTimestamp();
        while (true)
        {
            var compare = await _compareNow.WaitAsync(SweepEvery, cancellationToken);

            // The lock lives as long as its connection does.
            await using (var alive = new NpgsqlCommand("select 1", connection))
            {
                await alive.ExecuteScalarAsync(cancellationToken);
            }

            // Known only once the server listens, which is after this has begun.
            if (address.Own is var own && own != _advertised && books.Epoch is { } epoch)
            {
                await store.AdvertiseAsync(own, epoch, cancellationToken);
                _advertised = own;
            }

            try
            {
                await recovery.SweepAsync(cancellationToken);
                if (compare || clock.GetElapsedTime(comparedAt) >= CompareEvery)
                {
                    comparedAt = clock.GetTimestamp();
                    await recovery.CompareAsync(cancellationToken);
                }
            }
            catch (AlpacaException exception)
            {
                LogNotCompared(exception.Message);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await foreach (var id in looks.All.ReadAllAsync(cancellationToken))
        {
            try
            {
                await recovery.LookAsync(id, cancellationToken);
            }
            catch (AlpacaException exception)
            {
                // The round of every minute looks again.
                LogNotCompared(exception.Message);
            }
        }
    }

    public override void Dispose()
    {
        _compareNow.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "This gateway keeps the books: it holds the lock")]
    private partial void LogLeading();

    [LoggerMessage(LogLevel.Warning, "Whether the broker's account is that of the books is not known yet; nothing is sent before: {Reason}")]
    private partial void LogAccountUnknown(string reason);

    [LoggerMessage(LogLevel.Information, "The order stream listens")]
    private partial void LogListening();

    [LoggerMessage(LogLevel.Warning, "The order stream is interrupted: {Reason}")]
    private partial void LogStreamLost(string reason);

    [LoggerMessage(LogLevel.Warning, "The books' lock was lost: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Warning, "Orders can't be compared with the venue now: {Reason}")]
    private partial void LogNotCompared(string reason);

    [LoggerMessage(LogLevel.Warning, "An order in the account is not ours: {ClientOrderId} ({Event})")]
    private partial void LogForeign(string clientOrderId, string @event);
}
