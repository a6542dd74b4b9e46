using System.Collections.Concurrent;
using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>One random schedule: many users trade the same symbols both ways while everything that can go wrong does, gateways are killed
/// between any two steps of an order's life, and at the end every cent and unit is where the venue says. All that is random comes from the seed.</summary>
internal sealed class Schedule(int seed, FreshDatabase database, FreshRedis redis)
{
    private const int Users = 22;
    private const int Sessions = 8;
    private const int ShortSellers = 7;
    private const int CheckEvery = 10;
    private const int MostRounds = 24;

    private readonly Random _random = new(seed);
    private readonly ManualClock _time = new();
    private readonly Dictionary<string, decimal> _prices = [];
    private readonly Dictionary<string, int> _submissions = [];
    private readonly ConcurrentDictionary<Guid, string> _sent = new();
    private readonly ConcurrentQueue<AlpacaTradeUpdate> _told = new();
    private readonly List<AlpacaTradeUpdate> _late = [];
    private readonly List<ExecuteSignal> _signals = [];
    private readonly List<HandOrder> _orders = [];
    private readonly List<ExecuteSignal> _unansweredSignals = [];
    private readonly List<HandOrder> _unansweredOrders = [];
    private readonly Dictionary<Guid, Guid> _accepted = [];
    private readonly HashSet<Guid> _refused = [];
    private readonly Dictionary<string, Guid> _byKey = new(StringComparer.Ordinal);
    private readonly List<(Trader Trader, Guid OrderId)> _known = [];
    private readonly List<string> _story = [];
    private string[] _symbols = [];
    private List<Trader> _traders = [];
    private PaperVenue _venue = null!;
    private ScheduleBooks _books = null!;
    private Wishes _wishes = null!;
    private GatewayProcess _process = null!;

    public ScheduleCounts Counts { get; } = new();

    /// <summary>The last steps, for whoever reads a failure.</summary>
    public string Story => string.Join('\n', _story.TakeLast(40));

    public async Task RunAsync()
    {
        try
        {
            await RunThroughAsync();
        }
        finally
        {
            _process?.Die();
        }
    }

    private async Task RunThroughAsync()
    {
        await BeginAsync();
        var steps = _random.Next(40, 81);
        for (var step = 1; step <= steps; step++)
        {
            Counts.Steps++;
            await StepAsync();
            await ReviveAsync();
            if (step % CheckEvery == 0)
            {
                await CheckAsync();
            }
        }

        await EndAsync();
    }

    private async Task BeginAsync()
    {
        var letters = Letters(seed);
        _symbols = [$"A{letters}", $"B{letters}", .. _random.Next(2) == 0 ? [$"C{letters}/USD"] : Array.Empty<string>()];
        _venue = new PaperVenue(_time) { OnUpdate = _told.Enqueue };
        _wishes = new Wishes(_random, symbol => _prices[symbol]);
        foreach (var symbol in _symbols)
        {
            _prices[symbol] = 100;
        }

        await OpenAccountsAsync();
        _books = new ScheduleBooks(database, _venue, [.. _traders.Select(trader => trader.Id)], _symbols);
        await _books.BeginAsync();
        await OpenAsync();
        var desk = _process.House.Get<RiskDesk>();
        foreach (var trader in _traders.Take(ShortSellers))
        {
            await desk.SetLimitsAsync(LimitsKey.OwnOf(trader.Id), new RiskLimits(AllowShorting: true), trader.Id, CancellationToken.None);
        }
    }

    private async Task OpenAccountsAsync()
    {
        Guid[] users = [.. Enumerable.Range(0, Users).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()))];
        await database.ExecuteAsync("""
            insert into users (id, email, username, password_hash, role, created_at, updated_at)
            select id, 'u' || replace(id::text, '-', ''), 'u' || replace(id::text, '-', ''), 'h', 'user', $2, $2 from unnest($1) as i (id)
            """, users, _time.GetUtcNow());
        decimal[] deposits = [.. users.Select(_ => _random.Next(5) == 0 ? 1_200m : 8_000m)];
        await database.ExecuteAsync("select open_account(i.id, i.amount, $3) from unnest($1, $2) as i (id, amount)", users, deposits, _time.GetUtcNow());

        string[] symbols = [.. users.Select(_ => _symbols[_random.Next(_symbols.Length)])];
        Guid[] sessions = [.. users.Take(Sessions).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()))];
        await database.ExecuteAsync("""
            with i as (select * from unnest($1, $2, $3) as i (id, user_id, symbol)),
            s as (
                insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
                select id, user_id, 's', 'python', symbol, 'c', 'h', $4, $4 from i),
            v as (insert into strategy_versions select id, 1, 'python', 'c', 'h', $4 from i)
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, lease_epoch)
            select id, user_id, id, 1, symbol, case when symbol like '%/%' then 'crypto' else 'stock' end, 'RUNNING', $4, 1 from i
            """, sessions, users.Take(Sessions).ToArray(), symbols.Take(Sessions).ToArray(), _time.GetUtcNow());
        _traders = [.. users.Select((id, i) => new Trader(id, i < Sessions ? sessions[i] : null, i < Sessions ? symbols[i] : null))];
        // Whoever sells short trades by hand, and with a session, and some do neither.
        _traders = [.. _traders.Skip(Sessions - 3), .. _traders.Take(Sessions - 3)];
    }

    // A gateway starts, hears the prices and compares with the venue, as the one that leads does.
    private async Task OpenAsync()
    {
        var line = new VenueLine(_venue, DrawFault)
        {
            Taken = order => _told.Enqueue(new AlpacaTradeUpdate { Event = AlpacaTradeEvent.New, Timestamp = _time.GetUtcNow(), Order = order }),
        };
        _process = await GatewayProcess.StartAsync(database, redis, _venue, line, _time, _sent);
        foreach (var symbol in _symbols)
        {
            Quote(symbol);
        }

        if (_random.Next(6) == 0)
        {
            Arm();
        }

        await CompareAsync();
    }

    private async Task ReviveAsync()
    {
        while (_process.IsDead)
        {
            Counts.Kills++;
            Note("dead");
            await _process.BuryAsync();
            // What was said while nobody listened is lost, or comes again later.
            while (_told.TryDequeue(out var update))
            {
                if (_random.Next(2) == 0)
                {
                    _late.Add(update);
                }
            }

            await OpenAsync();
            await _process.SettleAsync();
        }
    }

    private async Task StepAsync()
    {
        var kills = _random.Next(7) == 0;
        if (kills)
        {
            Arm();
        }
        else if (_random.Next(20) == 0)
        {
            Counts.Breaks++;
            _process.BreakLine(_random.Next(2) == 0 ? LineBreak.BeforeCommit : LineBreak.AfterCommit);
        }

        switch (_random.Next(24))
        {
            case < 8:
                await PlaceAsync([.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => _wishes.Order(OneOf(_traders), OneOf(_symbols)))]);
                break;
            case < 11:
                await SignalAsync(DrawSignals());
                break;
            case 11:
                await RepeatAsync();
                break;
            case < 17:
                await TradeAsync(_random.Next(1, 5));
                break;
            case 17:
                await TellLateAsync();
                break;
            case 18:
                await CancelAsync();
                break;
            case 19:
                await ReplaceAsync();
                break;
            case 20:
                await PassAsync();
                break;
            case 21:
                _process.Venue.AvailableOrders = _random.Next(3) == 0 ? int.MaxValue : _random.Next(3);
                break;
            case 22:
                await CompareAsync();
                break;
            default:
                Move();
                break;
        }

        await ListenAsync();
        await _process.SettleAsync();
        if (kills)
        {
            // Where it was to die it did not come: it dies here.
            _process.Die();
        }
    }

    // Where the gateway is to die: around a commit, around a submission, or between two steps.
    private void Arm()
    {
        switch (_random.Next(5))
        {
            case 0:
                _process.DieAt(LineBreak.BeforeCommit);
                break;
            case 1:
                _process.DieAt(LineBreak.AfterCommit);
                break;
            case 2:
                _process.Venue.Death = DeathAtVenue.BeforeSubmission;
                break;
            case 3:
                _process.Venue.Death = DeathAtVenue.AfterSubmission;
                break;
            default:
                break;
        }
    }

    private async Task PlaceAsync(List<HandOrder> orders)
    {
        var asked = orders.ConvertAll(order => (Order: order, Answer: _process.House.PlaceAsync(order.Trader.Id, order.Wish, order.Key)));
        _orders.AddRange(orders.Except(_orders));
        foreach (var (order, answer) in asked)
        {
            if (!await _process.TryAsync(answer))
            {
                _unansweredOrders.Add(order);
                continue;
            }

            var (status, _, orderId, code, _, _, _) = await answer;
            Note($"{order.Key} {order.Wish.Terms} {order.Wish.OrderClass}: {status} {code}");
            if (orderId is { } id)
            {
                Assert.True(_byKey.TryAdd(order.Key, id) || _byKey[order.Key] == id, $"{order.Key} made two orders.");
                _known.Add((order.Trader, id));
            }
        }
    }

    private List<ExecuteSignal> DrawSignals()
    {
        var signals = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => _wishes.Signal(OneOf([.. _traders.Where(trader => trader.SessionId is not null)]))).ToList();
        if (_random.Next(2) == 0 && _signals.Count > 0)
        {
            Counts.Repeats++;
            signals.Insert(_random.Next(signals.Count + 1), OneOf(_signals));
        }

        return signals;
    }

    private async Task SignalAsync(List<ExecuteSignal> signals)
    {
        _signals.AddRange(signals.Except(_signals));
        var asked = _process.House.Desk.ExecuteAsync(signals, false, CancellationToken.None);
        if (!await _process.TryAsync(asked))
        {
            _unansweredSignals.AddRange(signals);
            return;
        }

        foreach (var outcome in await asked)
        {
            Note($"signal {outcome.SignalId}: {outcome.Status} {outcome.Code}");
            if (outcome.OrderId is { } order)
            {
                Assert.True(_accepted.TryAdd(outcome.SignalId, order) || _accepted[outcome.SignalId] == order, $"Signal {outcome.SignalId} made two orders.");
                Assert.DoesNotContain(outcome.SignalId, _refused);
                _known.Add((_traders.First(trader => trader.SessionId == signals.First(signal => signal.SignalId == outcome.SignalId).SessionId), order));
            }
            else
            {
                _refused.Add(outcome.SignalId);
                Assert.False(_accepted.ContainsKey(outcome.SignalId), $"Signal {outcome.SignalId} was accepted and then refused.");
            }
        }
    }

    // Whoever got no answer asks again, and some ask again though they got one.
    private async Task RepeatAsync()
    {
        List<ExecuteSignal> signals = [.. _unansweredSignals.Distinct(), .. _signals.Count > 0 ? [OneOf(_signals)] : Array.Empty<ExecuteSignal>()];
        List<HandOrder> orders = [.. _unansweredOrders.Distinct(), .. _orders.Count > 0 ? [OneOf(_orders)] : Array.Empty<HandOrder>()];
        _unansweredSignals.Clear();
        _unansweredOrders.Clear();
        Counts.Repeats += signals.Count + orders.Count;
        if (signals.Count > 0)
        {
            await SignalAsync([.. signals.Distinct()]);
        }

        if (!_process.IsDead)
        {
            await PlaceAsync([.. orders.Distinct()]);
        }
        else
        {
            _unansweredOrders.AddRange(orders);
        }
    }

    // The venue fills or ends some of what is open there, and tells of it well or badly.
    private async Task TradeAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            AlpacaOrder[] open = [.. _venue.Orders.Where(order => !order.IsOver).OrderBy(order => order.Symbol, StringComparer.Ordinal)];
            if (open.Length == 0)
            {
                return;
            }

            var order = OneOf(open);
            var update = _random.Next(7) == 0
                ? _venue.End(order, order.TimeInForce == "day" && _random.Next(2) == 0 ? AlpacaOrderStatus.Expired : AlpacaOrderStatus.Canceled, tell: false)
                : Fill(order, order.TimeInForce == "fok" || _random.Next(2) == 0 ? 1 : _random.Next(1, 100) / 100m);
            Note($"venue {update.Event} {update.Qty} at {update.Price} of {order.Symbol} {order.Side} {order.Qty}");
            await TellAsync(update);
        }
    }

    private AlpacaTradeUpdate Fill(AlpacaOrder order, decimal part)
    {
        var rest = order.Qty!.Value - order.FilledQty;
        var units = order.Qty.Value == decimal.Truncate(order.Qty.Value) ? decimal.Ceiling(rest * part) : decimal.Ceiling(rest * part * 1_000m) / 1_000m;
        var market = _prices[order.Symbol] + (_random.Next(-30, 31) / 100m);
        var price = (order.Side, order.LimitPrice) switch
        {
            (AlpacaSide.Buy, { } limit) => decimal.Min(limit, market),
            (_, { } limit) => decimal.Max(limit, market),
            _ => market,
        };
        return _venue.Fill(order, decimal.Min(rest, units), price, tell: false);
    }

    private async Task TellAsync(AlpacaTradeUpdate update)
    {
        switch (_random.Next(8))
        {
            case < 4:
                await HearAsync(update);
                break;
            case 4:
                await HearAsync(update);
                await HearAsync(update);
                break;
            case 5:
                await HearAsync(update);
                _late.Add(update);
                break;
            case 6:
                _late.Add(update);
                break;
            default:
                // Never.
                break;
        }
    }

    // In any order.
    private async Task TellLateAsync()
    {
        while (_late.Count > 0 && _random.Next(5) > 0)
        {
            var at = _random.Next(_late.Count);
            var update = _late[at];
            _late.RemoveAt(at);
            await HearAsync(update);
        }
    }

    // What the venue says of itself: that an order is live, that one was given back.
    private async Task ListenAsync()
    {
        List<AlpacaTradeUpdate> told = [];
        while (_told.TryDequeue(out var update))
        {
            told.Add(update);
        }

        // Lanes of different symbols run side by side.
        foreach (var update in told.OrderBy(update => update.Order.Symbol, StringComparer.Ordinal))
        {
            await TellAsync(update);
        }
    }

    private async Task HearAsync(AlpacaTradeUpdate update)
    {
        if (!_process.IsDead && VenueReports.Of(update, out _) is { } report)
        {
            await _process.TryAsync(_process.House.Books.ReportAsync(report, CancellationToken.None).AsTask());
            if (_random.Next(3) == 0)
            {
                await _process.SettleAsync();
            }
        }
    }

    private async Task CancelAsync()
    {
        if (_known.Count == 0)
        {
            return;
        }

        if (_random.Next(6) == 0)
        {
            await _process.TryAsync(_process.House.Cancels.CancelAllAsync(OneOf(_traders).Id, CancellationToken.None));
            return;
        }

        var (trader, order) = OneOf(_known.TakeLast(30).ToArray());
        await _process.TryAsync(_process.House.Cancels.CancelAsync(trader.Id, order, CancellationToken.None));
    }

    private async Task ReplaceAsync()
    {
        foreach (var (trader, order) in _known.TakeLast(30).Where(_ => _random.Next(8) == 0).ToArray())
        {
            var asked = _process.House.Desk.ReplaceAsync(trader.Id, order, _wishes.Change(_symbols[0]), null, CancellationToken.None);
            if (!await TryReplaceAsync(asked))
            {
                return;
            }
        }

        async Task<bool> TryReplaceAsync(Task<ReplaceOutcome> asked)
        {
            try
            {
                return await _process.TryAsync(asked);
            }
            catch (Npgsql.NpgsqlException)
            {
                // Nobody knows whether it was done, and it is not tried again: its owner looks.
                return true;
            }
        }
    }

    private async Task PassAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(100, 3_000)));
        Move();
        await _process.SettleAsync();
        await LookAsync(() => _process.House.Recovery.SweepAsync(CancellationToken.None));
    }

    private async Task CompareAsync()
    {
        await LookAsync(() => _process.House.Recovery.CompareAsync(CancellationToken.None));
        while (!_process.IsDead && _process.House.Get<VenueLooks>().All.TryRead(out var id))
        {
            await LookAsync(() => _process.House.Recovery.LookAsync(id, CancellationToken.None));
        }
    }

    private async Task LookAsync(Func<Task> look)
    {
        if (_process.IsDead)
        {
            return;
        }

        try
        {
            await _process.TryAsync(look());
        }
        catch (Npgsql.NpgsqlException)
        {
            // The line broke; the next round looks again.
        }
        catch (AlpacaException)
        {
            // The venue did not answer; the next round looks again.
        }
    }

    private void Move()
    {
        foreach (var symbol in _symbols.Where(_ => _random.Next(2) == 0))
        {
            _prices[symbol] = decimal.Clamp(_prices[symbol] + (_random.Next(-300, 301) / 100m), 90, 110);
            Quote(symbol);
        }
    }

    private void Quote(string symbol)
    {
        if (!_process.IsDead)
        {
            _process.House.Quote(symbol, _prices[symbol] - 0.02m, _prices[symbol] + 0.02m);
        }
    }

    private async Task CheckAsync()
    {
        await _process.SettleAsync();
        Counts.Checks++;
        await _books.CheckAsync();
    }

    /// <summary>Prices go everywhere, what the venue has is filled, what was missed is looked for: after a while nothing is open any more.</summary>
    private async Task EndAsync()
    {
        for (var round = 0; _unansweredOrders.Count + _unansweredSignals.Count > 0 || await _books.OpenAsync() > 0; round++)
        {
            Assert.True(round < MostRounds, $"Orders are stuck:\n{await _books.DescribeOpenAsync()}\nrefused because of the account: {_venue.AccountRefusals}\n{string.Join('\n', _venue.Orders.Where(order => !order.IsOver))}");
            if (_unansweredOrders.Count + _unansweredSignals.Count > 0)
            {
                await RepeatAsync();
            }

            _process.Venue.AvailableOrders = int.MaxValue;
            _time.Advance(TimeSpan.FromSeconds(6));
            foreach (var symbol in _symbols)
            {
                _prices[symbol] = (round % 4) switch { 0 => 75, 1 => 100, 2 => 125, _ => 100 };
                Quote(symbol);
            }

            await _process.SettleAsync();
            await ListenAsync();
            await _process.SettleAsync();
            foreach (var order in _venue.Orders.Where(order => !order.IsOver).OrderBy(order => order.Symbol, StringComparer.Ordinal).ToArray())
            {
                await TellAsync(Fill(order, 1));
            }

            await TellLateAsync();
            await ListenAsync();
            await LookAsync(() => _process.House.Recovery.SweepAsync(CancellationToken.None));
            await _process.SettleAsync();
            await CompareAsync();
            await _process.SettleAsync();
        }

        foreach (var update in _late)
        {
            await HearAsync(update);
        }

        await _process.SettleAsync();
        await _books.CheckEndAsync(_accepted, _refused);
        await _books.CountAsync(Counts);
        await _process.StopAsync();
    }

    // By symbol and number, so that lanes which run side by side don't share a row of random numbers.
    private SubmissionFault DrawFault(string symbol)
    {
        lock (_submissions)
        {
            var number = _submissions[symbol] = _submissions.GetValueOrDefault(symbol) + 1;
            var fault = new Random(unchecked((seed * 7_919) + (Array.IndexOf(_symbols, symbol) * 104_729) + (number * 1_299_709))).Next(24) switch
            {
                0 => SubmissionFault.TooMany,
                1 => SubmissionFault.ErrorBefore,
                2 => SubmissionFault.ErrorAfter,
                3 => SubmissionFault.AnswerLost,
                _ => SubmissionFault.None,
            };
            Counts.VenueFaults += fault == SubmissionFault.None ? 0 : 1;
            return fault;
        }
    }

    private T OneOf<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private void Note(string what) => _story.Add(what);

    private static string Letters(int number) =>
        string.Concat(Enumerable.Range(0, 4).Select(place => (char)('A' + (number / (int)Math.Pow(26, place) % 26))));
}
