using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;
using StratForge.Gateway.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>The one writer of orders and books. Commands that arrive while a transaction is under way share the next one: what is there is
/// taken, nothing is waited for.</summary>
/// <remarks>Decisions are made in memory by <see cref="House"/>; a transaction only writes them. It begins by making sure that no other gateway
/// has become the writer, so what is in memory is what is stored. When it fails, memory is put back; when nobody knows whether it failed, memory
/// is thrown away and read again, under a new epoch: so the transaction has ended by then, or will be refused.</remarks>
internal sealed partial class BookKeeper(
    BooksStore store,
    BooksCommit commit,
    IRiskDesk risk,
    MarketViews markets,
    IBroker broker,
    UserEvents events,
    TimeProvider clock,
    ILogger<BookKeeper> logger) : BackgroundService
{
    // Beyond this a transaction takes longer than sharing it saves.
    private const int LargestUnit = 512;

    // Callers beyond this wait at the channel; each holds one HTTP request of his own.
    private const int WaitingCommands = 4096;

    private const int Attempts = 5;

    // Memory of a house with more accounts than this is given back, as far as nothing of them is open.
    private const int MostAccounts = 50_000;

    private const string UniqueViolation = "23505";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly Channel<BookCommand> _commands = Channel.CreateBounded<BookCommand>(
        new BoundedChannelOptions(WaitingCommands) { SingleReader = true });

    private readonly Dictionary<Guid, SessionFacts> _sessions = [];
    private volatile Leading? _leading;
    private House? _house;
    private long _houseEpoch;
    private readonly WatchedBooks _watched = new();
    private volatile PriceMove? _move;

    /// <summary>Told of every unit of work once it is written.</summary>
    public Action<Changes>? Committed { get; set; }

    /// <summary>Whether this gateway is the writer.</summary>
    public bool IsLeading => _leading is not null;

    /// <summary>Symbols with something open, as of the last unit of work.</summary>
    public IReadOnlySet<string> OpenSymbols => _watched.Symbols;

    /// <summary>Under which this gateway writes; null when it is not the writer.</summary>
    public long? Epoch => _leading?.Epoch;

    /// <summary>Begins to write under an epoch. Until then, and after <see cref="StepDown"/>, commands are turned away.</summary>
    public void Lead(long epoch) => _leading = new Leading(epoch);

    /// <summary>Another gateway may write from now on.</summary>
    public void StepDown() => _leading = null;

    /// <summary>Whether this gateway is the writer by what is stored, and not only as far as it knows.</summary>
    /// <exception cref="NpgsqlException">The database does not answer: nobody knows.</exception>
    public async Task<bool> StillLeadsAsync(CancellationToken cancellationToken) =>
        _leading is { Epoch: var epoch } && await store.LeadsAsync(epoch, cancellationToken);

    /// <summary>Has a command done.</summary>
    /// <exception cref="NotLeadingException">Another gateway is the writer, or none yet.</exception>
    public async ValueTask DoAsync(BookCommand command, CancellationToken cancellationToken)
    {
        if (_leading is null)
        {
            throw new NotLeadingException();
        }

        try
        {
            await _commands.Writer.WriteAsync(command, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new NotLeadingException("This gateway is stopping.", exception);
        }
    }

    /// <summary>Has a question answered; once it is queued it may be done whether the caller waits or not.</summary>
    /// <exception cref="NotLeadingException">Another gateway is the writer, or none yet.</exception>
    /// <exception cref="NpgsqlException">The database does not answer. A retry with the same ids is safe.</exception>
    public async Task<T> AskAsync<T>(BookQuestion<T> question, CancellationToken cancellationToken)
    {
        await DoAsync(question, cancellationToken);
        return await question.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>Books a report of the venue.</summary>
    public ValueTask ReportAsync(VenueReport report, CancellationToken cancellationToken) =>
        DoAsync(new BookReport(report, LogForeignReport), cancellationToken);

    /// <summary>A price of a symbol came: its orders move on if it reaches one of them. Never waits; prices that come faster than they are looked at
    /// are one.</summary>
    public void PriceCame(string symbol)
    {
        if (_watched.Find(symbol) is { } watch && (_waitForBudget.Length > 0 || (markets.Of(symbol) is { } market && watch.IsMovedBy(market))))
        {
            Wake(symbol);
        }
    }

    private void Wake(string symbol)
    {
        if (_move?.TryJoin(symbol) == true)
        {
            return;
        }

        var move = new PriceMove();
        move.TryJoin(symbol);
        if (_commands.Writer.TryWrite(move))
        {
            // Of two that are queued at once the one that loses its place here is done all the same.
            _move = move;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is queued is still done; new requests are turned away by the server before this.
        _commands.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Yield at once: the host starts its services one after the other.
        await Task.Yield();
        BookCommand? carried = null;
        while (carried is not null || await _commands.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var unit = new List<BookCommand>();
            var size = 0;
            var keys = new HashSet<Guid>();
            while (size < LargestUnit && (carried is not null || _commands.Reader.TryRead(out carried)))
            {
                // A repeat of something in this unit of work waits for the next: there it is known.
                if (carried is TakeIn take && take.Orders.Any(order => keys.Contains(order.Key)))
                {
                    break;
                }

                keys.UnionWith(carried is TakeIn { Orders: var orders } ? orders.Select(order => order.Key) : []);
                unit.Add(carried);
                size += carried.Size;
                carried = null;
            }

            await WorkAsync(unit);
        }
    }

    /// <summary>Does commands as one unit of work, or, where one of them can't be done, each alone.</summary>
    private async Task WorkAsync(List<BookCommand> unit)
    {
        var known = new Dictionary<Guid, KnownOrder>();
        var readAgain = false;

        // Of an attempt that may have been written: then it is not so that nothing was done here.
        NpgsqlException? doubt = null;
        for (var attempt = 1; ; attempt++)
        {
            if (_leading is not { } leading)
            {
                Fail(unit, (Exception?)doubt ?? new NotLeadingException());
                return;
            }

            try
            {
                leading = await LeadOnAsync(leading);
                await WorkAsync(unit, leading, known);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == BooksCommit.NotLeading)
            {
                LogSuperseded();
                Abandon();
                Interlocked.CompareExchange(ref _leading, null, leading);
                Fail(unit, (Exception?)doubt ?? new NotLeadingException());
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == BooksCommit.SessionsChanged && attempt < Attempts)
            {
                _house!.Undo();
                _sessions.Clear();
            }
            catch (PostgresException exception) when (exception is { SqlState: UniqueViolation, TableName: "signals" or "orders" or "broker_orders" } && attempt < Attempts)
            {
                // Some were taken in before: they get their stored answers.
                _house!.Undo();
                known = await TryListKnownAsync(unit) ?? known;
            }
            catch (NpgsqlException exception) when (exception.IsTransient || exception is not PostgresException)
            {
                // Nobody knows whether it was written. What was is found by its ids when the commands are done again.
                doubt = exception;
                Abandon();
                Fail([.. unit.Where(command => attempt == Attempts || !command.IsRepeatable)], exception);
                unit = [.. unit.Where(command => attempt < Attempts && command.IsRepeatable)];
                if (unit.Count == 0)
                {
                    LogGivenUp(exception.Message);
                    return;
                }

                LogRetry(unit.Count, attempt, exception.Message);
                await Task.Delay(RetryAfter * attempt, clock, CancellationToken.None);
                known = await TryListKnownAsync(unit) ?? known;
            }
            catch (PostgresException exception) when (
                !readAgain && exception is { SqlState: UniqueViolation, TableName: "signals" or "orders" or "broker_orders" or "user_events" or "trades" or "positions" or "waterlines" })
            {
                // Something is in the books that memory knows nothing of.
                LogReadAgain(exception.TableName, exception.Message);
                Abandon();
                readAgain = true;
            }
            catch (Exception exception) when (unit.Count > 1)
            {
                // One of them is what the rules or the database choke on: each is done alone and gets its own answer.
                _house?.Undo();
                LogSplit(unit.Count, exception.Message);
                foreach (var command in unit)
                {
                    await WorkAsync([command]);
                }

                return;
            }
            catch (PostgresException exception) when (unit[0] is TakeIn && IsOfTheData(exception))
            {
                _house?.Undo();
                await TakeInApartAsync((TakeIn)unit[0], exception);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == unit[0].Fence)
            {
                _house?.Undo();
                Fail(unit, exception);
                return;
            }
            catch (Exception exception)
            {
                // A report is booked by nobody then; the venue still has it, and every later look at its order says so again.
                _house?.Undo();
                LogUndoable(exception, unit[0].GetType().Name, (unit[0] as BookReport)?.Report);
                OrderTelemetry.Unbookable.Add(unit[0] is BookReport ? 1 : 0);
                Fail(unit, exception);
                return;
            }
        }
    }

    // Classes 22 and 23: a value that is none, and one that a constraint forbids.
    private static bool IsOfTheData(PostgresException exception) =>
        exception.SqlState != UniqueViolation && exception.SqlState is ['2', '2' or '3', ..];

    // The signals of many sessions come together. What is wrong with one of them is not to stop the others, which would be repeated with it for ever.
    private async Task TakeInApartAsync(TakeIn take, PostgresException exception)
    {
        if (take.Size == 1)
        {
            LogUndoable(exception, nameof(TakeIn), null);
            take.Refuse();
            return;
        }

        LogSplit(take.Size, exception.Message);
        var each = take.Apart();
        foreach (var one in each)
        {
            await WorkAsync([one]);
        }

        await take.AnswerAsync(each);
    }

    private async Task WorkAsync(List<BookCommand> unit, Leading leading, IReadOnlyDictionary<Guid, KnownOrder> known)
    {
        var started = Stopwatch.GetTimestamp();
        var startedAt = clock.GetUtcNow();
        var now = clock.Now();
        var house = await FetchAsync(unit, leading.Epoch, now);
        var work = new BookWork(house, _sessions, known, risk, now);
        foreach (var command in unit)
        {
            command.Apply(work);
        }

        Guid[] doubtful = [.. unit.OfType<TakeIn>().SelectMany(take => take.RefusedKeys)];
        if (doubtful.Length > 0 && await store.ListKnownAsync([], doubtful, CancellationToken.None) is { Count: > 0 } stored)
        {
            // They were taken in before and are over: they get their stored answers.
            house.Undo();
            await WorkAsync(unit, leading, known.Concat(stored).ToDictionary());
            return;
        }

        var seen = new Dictionary<string, MarketView?>(StringComparer.Ordinal);
        work.Moved.UnionWith(_waitForBudget);
        var isShort = house.Route(work.Moved, symbol => seen[symbol] = markets.Of(symbol), now, broker.AvailableOrders);
        var changes = house.Pending;
        var texts = changes.Events.ConvertAll(OrderEvents.Write);
        if (!changes.IsEmpty || work.Besides.Count > 0)
        {
            await commit.WriteAsync(changes, texts, work.Relied, work.Besides, leading.Epoch, now);
        }

        house.Keep();
        foreach (var session in work.Changed)
        {
            _sessions.Remove(session);
        }

        _waitForBudget = isShort ? [.. house.OpenSymbols] : [];
        Watch(house, seen);
        SendOff(changes, texts, now);
        foreach (var command in unit)
        {
            command.Written();
        }

        Measure(unit, changes, started, startedAt);
        Tidy(house);
    }

    // Symbols with something open while any order waits for the request budget: then every price is a moment to try again.
    private volatile string[] _waitForBudget = [];

    private void Watch(House house, Dictionary<string, MarketView?> seen)
    {
        var changed = house.TakeChangedBooks();
        _watched.Update(changed);
        foreach (var book in changed)
        {
            // A price that came while this was decided was held against what was waited for before.
            var before = seen.GetValueOrDefault(book.Symbol);
            if (before is null || markets.Of(book.Symbol) is not { } market || market with { IsFresh = before.IsFresh } != before)
            {
                PriceCame(book.Symbol);
            }
        }
    }

    /// <summary>Memory that was given up is read under a new epoch. Otherwise what was on its way to be written could be written after that, and nobody
    /// would know of it.</summary>
    private async Task<Leading> LeadOnAsync(Leading leading)
    {
        if (_house is not null || _houseEpoch != leading.Epoch)
        {
            return leading;
        }

        var on = new Leading(await store.LeadOnAsync(leading.Epoch, CancellationToken.None));
        Interlocked.CompareExchange(ref _leading, on, leading);
        return on;
    }

    /// <summary>The house with everything in memory that the commands need.</summary>
    private async Task<House> FetchAsync(List<BookCommand> unit, long epoch, DateTimeOffset now)
    {
        if (_house is null || _houseEpoch != epoch)
        {
            var loaded = new House(markets.StepOf, static at => Guid.CreateVersion7(at));
            await store.LoadAsync(loaded, now, CancellationToken.None);
            _sessions.Clear();
            _watched.Clear();
            (_house, _houseEpoch) = (loaded, epoch);
        }

        var house = _house;
        Guid[] sessions =
        [
            .. unit.OfType<TakeIn>().SelectMany(take => take.Orders)
                .Where(order => order.Signal is { } signal && (!_sessions.TryGetValue(signal.SessionId, out var facts) || facts.LeaseEpoch < signal.LeaseEpoch))
                .Select(order => order.Signal!.SessionId).Distinct(),
        ];
        if (sessions.Length > 0)
        {
            foreach (var session in await store.ListSessionsAsync(sessions, CancellationToken.None))
            {
                _sessions[session.Id] = session;
            }
        }

        var users = new HashSet<Guid>();
        foreach (var command in unit)
        {
            users.UnionWith(command.Users);
            if (command is TakeIn take)
            {
                users.UnionWith(take.Orders.Where(order => order.Signal is not null && _sessions.ContainsKey(order.Signal.SessionId))
                    .Select(order => _sessions[order.Signal!.SessionId].UserId));
            }
        }

        users.RemoveWhere(user => house.FindAccount(user) is not null);
        await store.AdmitAsync(house, [.. users], now, CancellationToken.None);

        Guid[] unknown =
        [
            .. unit.OfType<BookReport>().Select(command => command.Report.BrokerOrderId).Where(id => house.FindBrokerOrder(id) is null).Distinct(),
        ];
        if (unknown.Length > 0)
        {
            await store.RestoreAsync(house, unknown, CancellationToken.None);
        }

        return house;
    }

    private async Task<Dictionary<Guid, KnownOrder>?> TryListKnownAsync(List<BookCommand> unit)
    {
        try
        {
            return await store.ListKnownAsync(
                [.. unit.OfType<TakeIn>().SelectMany(take => take.Orders).Where(order => order.Signal is not null).Select(order => order.Key)],
                [.. unit.SelectMany(command => command.NamedOrders)],
                CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // Still away: the next attempt finds out by itself.
            return null;
        }
    }

    private void SendOff(Changes changes, List<string> texts, DateTimeOffset now)
    {
        if (changes.IsEmpty)
        {
            return;
        }

        Committed?.Invoke(changes);
        events.Publish(changes.Events, texts, now);
    }

    private void Measure(List<BookCommand> unit, Changes changes, long started, DateTimeOffset startedAt)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        OrderTelemetry.UnitTime.Record(seconds);
        var taken = 0;
        foreach (var take in unit.OfType<TakeIn>())
        {
            taken += take.Size;
        }

        if (taken > 0)
        {
            OrderTelemetry.GroupSize.Record(taken);
        }

        OrderTelemetry.Executions.Add(changes.Trades.Count);
        OrderTelemetry.Repeats.Add(changes.Repeats);
        OrderTelemetry.Unbookable.Add(changes.Contradictions.Count);
        foreach (var contradiction in changes.Contradictions)
        {
            LogContradiction(contradiction);
        }

        foreach (var (order, reason) in changes.HeldLong)
        {
            LogHeldLong(order.Id, order.Symbol, order.Now.TimesHeld, reason);
        }

        OrderTelemetry.TraceFills(changes.Trades, startedAt);
    }

    private static void Tidy(House house)
    {
        if (house.AccountCount > MostAccounts)
        {
            house.DismissIdle();
        }
    }

    /// <summary>Memory may differ from what is stored: it is read again.</summary>
    private void Abandon() => _house = null;

    private static void Fail(List<BookCommand> unit, Exception exception)
    {
        foreach (var command in unit)
        {
            command.Failed(exception);
        }
    }

    private sealed record Leading(long Epoch);

    [LoggerMessage(LogLevel.Warning, "Another gateway keeps the books now")]
    private partial void LogSuperseded();

    [LoggerMessage(LogLevel.Warning, "A unit of {Count} commands failed at attempt {Attempt} and is repeated: {Reason}")]
    private partial void LogRetry(int count, int attempt, string reason);

    [LoggerMessage(LogLevel.Error, "The database does not answer; commands are given up and what the venue said is read again later: {Reason}")]
    private partial void LogGivenUp(string reason);

    [LoggerMessage(LogLevel.Error, "The books are not as remembered and are read again; {Table} has already what was to be written: {Reason}")]
    private partial void LogReadAgain(string? table, string reason);

    [LoggerMessage(LogLevel.Warning, "A unit of {Count} commands or orders failed; each is done alone: {Reason}")]
    private partial void LogSplit(int count, string reason);

    [LoggerMessage(LogLevel.Error, "{Command} can't be done: {Report}")]
    private partial void LogUndoable(Exception exception, string command, VenueReport? report);

    [LoggerMessage(LogLevel.Error, "The venue contradicts the books: {Contradiction}")]
    private partial void LogContradiction(string contradiction);

    [LoggerMessage(LogLevel.Warning, "Order {OrderId} in {Symbol} was held back {Times} times on end: {Reason}")]
    private partial void LogHeldLong(Guid orderId, string symbol, int times, string reason);

    [LoggerMessage(LogLevel.Warning, "The venue reports an order that is not ours: {Report}")]
    private partial void LogForeignReport(VenueReport report);
}

/// <summary>This gateway is not the one that writes the books: the command was not done here.</summary>
internal class NotLeadingException : Exception
{
    public NotLeadingException()
        : this("Another gateway keeps the books, or none does yet.")
    {
    }

    public NotLeadingException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
