using System.Collections.Concurrent;
using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Bookkeeping;
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
/// <remarks>
/// <para>The seed decides: users, orders, signals, prices, fills, what is told of them and when, every fault and kill, which commands
/// share a unit of work, and in which order requests reach the venue. For that requests wait at the venue's door until they are let go one at a
/// time, the writer is held up while a unit of work is gathered, and nothing is drawn before the gateway has come to rest.</para>
/// <para>Not the same: ids that the gateway draws, whether reports that one comparison hands in right after each other share a unit of work, and
/// what follows from those. About half of the seeds come out the same to the last line when they run twice.</para>
/// </remarks>
internal sealed partial class Schedule(int seed, FreshDatabase database, FreshRedis redis)
{
    private const int Users = 22;
    private const int Sessions = 8;
    private const int ShortSellers = 7;
    private const int CheckEvery = 10;
    private const int MostRounds = 40;
    private const int RoundsWithFaults = 4;
    private const int RoundsBeforeBuyer = 12;

    private readonly Random _random = new(seed);
    private readonly ManualClock _time = new();
    private readonly Dictionary<string, decimal> _prices = [];
    private readonly ConcurrentQueue<AlpacaTradeUpdate> _told = new();
    private readonly ConcurrentQueue<string> _wrongs = new();
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
    private Trader _lastBuyer = null!;
    private bool _isCalm;
    private int _deafFor;

    public ScheduleCounts Counts { get; } = new();

    /// <summary>All that happened.</summary>
    public IReadOnlyList<string> Story => _story;

    public async Task RunAsync()
    {
        try
        {
            await BeginAsync();
            var steps = _random.Next(40, 81);
            for (var step = 1; step <= steps; step++)
            {
                Counts["steps"]++;
                await StepAsync();
                await ReviveAsync();
                if (step % CheckEvery == 0)
                {
                    await CheckAsync();
                }
            }

            await EndAsync();
        }
        finally
        {
            _process?.Die();
        }
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
        _books = new ScheduleBooks(database, _venue, [.. _traders.Append(_lastBuyer).Select(trader => trader.Id)], _symbols);
        await _books.BeginAsync();
        await OpenAsync();
        await CompareAsync();
        var desk = _process.House.Get<RiskDesk>();
        foreach (var trader in _traders.Take(ShortSellers))
        {
            await desk.SetLimitsAsync(LimitsKey.OwnOf(trader.Id), new RiskLimits(AllowShorting: true), trader.Id, CancellationToken.None);
        }
    }

    private async Task OpenAccountsAsync()
    {
        Guid[] users = [.. Enumerable.Range(0, Users + 1).Select(_ => NewId())];
        await database.ExecuteAsync("""
            insert into users (id, email, username, password_hash, role, created_at, updated_at)
            select id, 'u' || replace(id::text, '-', ''), 'u' || replace(id::text, '-', ''), 'h', 'user', $2, $2 from unnest($1) as i (id)
            """, users, _time.GetUtcNow());
        decimal[] deposits = [.. users.Take(Users).Select(_ => _random.Next(5) == 0 ? 1_200m : 8_000m), 1_000_000m];
        await database.ExecuteAsync("select open_account(i.id, i.amount, $3) from unnest($1, $2) as i (id, amount)", users, deposits, _time.GetUtcNow());

        string[] symbols = [.. users.Select(_ => OneOf(_symbols))];
        Guid[] sessions = [.. users.Take(Sessions).Select(_ => NewId())];
        await database.ExecuteAsync("""
            with i as (select * from unnest($1, $2, $3) as i (id, user_id, symbol)),
            s as (
                insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
                select id, user_id, 's', 'python', symbol, 'c', 'h', $4, $4 from i),
            v as (insert into strategy_versions select id, 1, 'python', 'c', 'h', $4 from i)
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, lease_epoch)
            select id, user_id, id, 1, symbol, case when symbol like '%/%' then 'crypto' else 'stock' end, 'RUNNING', $4, 1 from i
            """, sessions, users.Take(Sessions).ToArray(), symbols.Take(Sessions).ToArray(), _time.GetUtcNow());
        _lastBuyer = new Trader(users[Users], null, null);
        _traders = [.. users.Take(Users).Select((id, i) => new Trader(id, i < Sessions ? sessions[i] : null, i < Sessions ? symbols[i] : null))];
        // Whoever sells short trades by hand, and with a session, and some do neither.
        _traders = [.. _traders.Skip(Sessions - 3), .. _traders.Take(Sessions - 3)];
    }

    // A gateway starts and hears the prices.
    private async Task OpenAsync()
    {
        var line = new VenueLine(_venue)
        {
            Taken = order => _told.Enqueue(new AlpacaTradeUpdate { Event = AlpacaTradeEvent.New, Timestamp = _time.GetUtcNow(), Order = order }),
            ComparisonFate = DrawComparisonFate,
        };
        // Orders are numbered by the time of their arrival: those of one that starts anew are younger.
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _process = await GatewayProcess.StartAsync(database, redis, _venue, line, _time, _wrongs);
        await QuoteAsync(_symbols);
    }

    private async Task StepAsync()
    {
        if (_deafFor > 0 && --_deafFor == 0)
        {
            // The stream is there again: what it did not bring is looked for.
            await CompareAsync();
        }

        DrawTrouble();
        // Half of the time it goes where death waits.
        await (_process.Plan is { } plan && _random.Next(2) == 0 ? DoAsync(plan.Deed) : DoAsync(_random.Next(26)));
        await FlowAsync(everything: _random.Next(4) > 0);
        await ListenAsync();
        await FlowAsync(everything: _random.Next(4) > 0);
        await MayEndAsync();
    }

    private Task DoAsync(int what) => what switch
    {
        < 8 => DoAsync(Deed.Order),
        < 11 => DoAsync(Deed.Signal),
        < 13 => DoAsync(Deed.Burst),
        13 => RepeatAsync(),
        < 19 => DoAsync(Deed.Fill),
        19 => TellLateAsync(),
        20 => DoAsync(Deed.Cancel),
        21 => DoAsync(Deed.Replace),
        22 => PassAsync(),
        23 => BudgetAsync(),
        24 => DoAsync(Deed.Comparison),
        _ => DoAsync(Deed.Price),
    };

    private async Task DoAsync(Deed deed)
    {
        switch (deed)
        {
            case Deed.Signal:
                await SignalAsync(DrawSignals());
                break;
            case Deed.Burst:
                await BurstAsync();
                break;
            case Deed.Fill or Deed.End:
                await TradeAsync(_random.Next(1, 5));
                break;
            case Deed.Cancel or Deed.Recall:
                await CancelAsync();
                break;
            case Deed.Replace:
                await ReplaceAsync();
                break;
            case Deed.Price:
                await MoveAsync();
                break;
            case Deed.Comparison:
                await CompareAsync();
                break;
            default:
                await PlaceAsync([.. DrawOrders()]);
                break;
        }
    }

    private IEnumerable<HandOrder> DrawOrders() =>
        Enumerable.Range(0, _random.Next(1, 6)).Select(_ => _wishes.Order(OneOf(_traders), OneOf(_symbols)));

    private async Task PlaceAsync(List<HandOrder> orders)
    {
        if (!_process.IsDead && await _process.HoldAsync() is { } plug)
        {
            List<(HandOrder, Task<IntakeAnswer>)> asked;
            using (plug)
            {
                _process.Doing = Deed.Order;
                asked = Ask(orders);
            }

            await AnswersAsync(asked);
        }
        else
        {
            _unansweredOrders.AddRange(orders);
        }
    }

    private List<(HandOrder Order, Task<IntakeAnswer> Answer)> Ask(List<HandOrder> orders)
    {
        _orders.AddRange(orders.Except(_orders));
        return orders.ConvertAll(order => (order, _process.House.PlaceAsync(order.Trader.Id, order.Wish, order.Key)));
    }

    private async Task AnswersAsync(List<(HandOrder Order, Task<IntakeAnswer> Answer)> asked)
    {
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
            Counts["repeats"]++;
            signals.Insert(_random.Next(signals.Count + 1), OneOf(_signals));
        }

        return signals;
    }

    private async Task SignalAsync(List<ExecuteSignal> signals)
    {
        if (_process.IsDead)
        {
            _unansweredSignals.AddRange(signals);
            return;
        }

        _process.Doing = Deed.Signal;
        await AnswersAsync(signals, Ask(signals));
    }

    private Task<ExecuteOutcome[]> Ask(List<ExecuteSignal> signals)
    {
        _signals.AddRange(signals.Except(_signals));
        return _process.House.Desk.ExecuteAsync(signals, false, CancellationToken.None);
    }

    private async Task AnswersAsync(List<ExecuteSignal> signals, Task<ExecuteOutcome[]> asked)
    {
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

    // Orders, signals, fills and a cancel that the writer finds all at once.
    private async Task BurstAsync()
    {
        if (_process.IsDead || await _process.HoldAsync() is not { } plug)
        {
            return;
        }

        var signals = DrawSignals();
        List<(HandOrder, Task<IntakeAnswer>)> orders;
        Task<ExecuteOutcome[]> outcomes;
        Task? cancel = null;
        using (plug)
        {
            _process.Doing = Deed.Burst;
            orders = Ask([.. DrawOrders()]);
            foreach (var update in FillSome(_random.Next(4)))
            {
                await TellAsync(update, rests: false);
            }

            outcomes = Ask(signals);
            if (_known.Count > 0)
            {
                var (trader, order) = OneOf(_known.TakeLast(30).ToArray());
                cancel = _process.House.Cancels.CancelAsync(trader.Id, order, CancellationToken.None);
            }

            _process.Doing = Deed.Burst;
        }

        await AnswersAsync(orders);
        await AnswersAsync(signals, outcomes);
        await (cancel is null ? Task.CompletedTask : _process.TryAsync(cancel));
    }

    // Whoever got no answer asks again, and some ask again though they got one.
    private async Task RepeatAsync()
    {
        List<ExecuteSignal> signals = [.. _unansweredSignals.Distinct(), .. _signals.Count > 0 ? [OneOf(_signals)] : Array.Empty<ExecuteSignal>()];
        List<HandOrder> orders = [.. _unansweredOrders.Distinct(), .. _orders.Count > 0 ? [OneOf(_orders)] : Array.Empty<HandOrder>()];
        _unansweredSignals.Clear();
        _unansweredOrders.Clear();
        Counts["repeats"] += signals.Count + orders.Count;
        if (signals.Count > 0)
        {
            await SignalAsync([.. signals.Distinct()]);
        }

        await PlaceAsync([.. orders.Distinct()]);
    }

    // The venue fills or ends some of what is open there, and tells of it well or badly.
    private async Task TradeAsync(int times)
    {
        foreach (var update in FillSome(times))
        {
            await TellAsync(update, rests: true);
        }
    }

    private IEnumerable<AlpacaTradeUpdate> FillSome(int times)
    {
        for (var i = 0; i < times; i++)
        {
            AlpacaOrder[] open = [.. _venue.Orders.Where(order => !order.IsOver).OrderBy(order => order.Symbol, StringComparer.Ordinal)];
            if (open.Length == 0)
            {
                yield break;
            }

            var order = OneOf(open);
            var update = _random.Next(_process.Plan is { Deed: Deed.End } ? 2 : 7) == 0
                ? _venue.End(order, order.TimeInForce == "day" && _random.Next(2) == 0 ? AlpacaOrderStatus.Expired : AlpacaOrderStatus.Canceled, tell: false)
                : Fill(order, order.TimeInForce == "fok" || _random.Next(2) == 0 ? 1 : _random.Next(1, 100) / 100m);
            Note($"venue {update.Event} {update.Qty} at {update.Price} of {order.Symbol} {order.Side} {order.Qty}");
            yield return update;
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
        Counts["partial_fills"] += units < rest ? 1 : 0;
        return _venue.Fill(order, decimal.Min(rest, units), price, tell: false);
    }

    private async Task CancelAsync()
    {
        if (_process.IsDead || _known.Count == 0)
        {
            return;
        }

        _process.Doing = Deed.Cancel;
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
            if (_process.IsDead)
            {
                return;
            }

            _process.Doing = Deed.Replace;
            try
            {
                await _process.TryAsync(_process.House.Desk.ReplaceAsync(trader.Id, order, _wishes.Change(_symbols[0]), null, CancellationToken.None));
            }
            catch (Npgsql.NpgsqlException)
            {
                // Nobody knows whether it was done, and it is not tried again: its owner looks.
            }
        }
    }

    private async Task PassAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(100, 3_000)));
        await _process.RestAsync();
        await MoveAsync();
        await SweepAsync();
    }

    private Task BudgetAsync()
    {
        _process.Venue.AvailableOrders = _random.Next(3) == 0 ? int.MaxValue : _random.Next(3);
        Counts.Fault(_process.Venue.AvailableOrders == int.MaxValue ? "request budget free" : "request budget short");
        return Task.CompletedTask;
    }

    private Task SweepAsync() => LookAsync(() => _process.House.Recovery.SweepAsync(CancellationToken.None));

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
        if (!await _process.RestAsync())
        {
            return;
        }

        _process.Doing = Deed.Comparison;
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

        await _process.RestAsync();
    }

    private async Task MoveAsync()
    {
        foreach (var symbol in _symbols)
        {
            _prices[symbol] = decimal.Clamp(_prices[symbol] + (_random.Next(-300, 301) / 100m), 90, 110);
        }

        await QuoteAsync([.. _symbols.Where(_ => _random.Next(2) == 0)]);
    }

    private async Task QuoteAsync(string[] symbols)
    {
        if (!await _process.RestAsync() || await _process.HoldAsync() is not { } plug)
        {
            return;
        }

        using (plug)
        {
            _process.Doing = Deed.Price;
            foreach (var symbol in symbols)
            {
                _process.House.Quote(symbol, _prices[symbol] - 0.02m, _prices[symbol] + 0.02m);
            }
        }

        await _process.RestAsync();
    }

    private async Task CheckAsync()
    {
        await _process.RestAsync();
        Counts["checks"]++;
        Assert.True(_wrongs.IsEmpty, string.Join('\n', _wrongs));
        await _books.CheckAsync();
    }

    /// <summary>Prices go everywhere, what the venue has is filled, what was missed is looked for: after a while nothing is open any more.</summary>
    private async Task EndAsync()
    {
        for (var round = 0; _unansweredOrders.Count + _unansweredSignals.Count > 0 || await _books.OpenAsync() > 0; round++)
        {
            Assert.True(round < MostRounds, $"Orders are stuck:\n{await _books.DescribeOpenAsync()}\nat the venue:\n{string.Join('\n', _venue.Orders.Where(order => !order.IsOver))}\n{_process}");
            if (round == RoundsWithFaults)
            {
                (_isCalm, _deafFor, _process.Plan) = (true, 0, null);
            }

            await ReviveAsync();
            if (_unansweredOrders.Count + _unansweredSignals.Count > 0)
            {
                await RepeatAsync();
            }

            _process.Venue.AvailableOrders = int.MaxValue;
            _time.Advance(TimeSpan.FromSeconds(6));
            foreach (var symbol in _symbols)
            {
                _prices[symbol] = (round % 4) switch { 0 => 75, 1 => 100, 2 => 125, _ => 100 };
            }

            await QuoteAsync(_symbols);
            if (round >= RoundsBeforeBuyer)
            {
                // Parts of a unit that are to be sold short wait for a buyer in the house: policy, and not a stuck order.
                await PlaceAsync([.. (await _books.UnsoldAsync()).Select(symbol => _wishes.Purchase(_lastBuyer, symbol))]);
            }

            await FlowAsync(everything: true);
            await ListenAsync();
            await FlowAsync(everything: true);
            foreach (var order in _venue.Orders.Where(order => !order.IsOver).OrderBy(order => order.Symbol, StringComparer.Ordinal).ToArray())
            {
                await TellAsync(Fill(order, 1), rests: true);
            }

            await TellLateAsync();
            await ListenAsync();
            await SweepAsync();
            await FlowAsync(everything: true);
            await CompareAsync();
            await FlowAsync(everything: true);
            Assert.True(_wrongs.IsEmpty, string.Join('\n', _wrongs));
        }

        await ReviveAsync();
        (_isCalm, _process.Plan) = (true, null);
        foreach (var update in _late)
        {
            await HearAsync(update, rests: true);
        }

        await FlowAsync(everything: true);
        await CheckAsync();
        await _books.CheckEndAsync(_accepted, _refused, _signals, _byKey.Values);
        await _books.CountAsync(Counts);
        Note(await _books.DigestAsync());
        await _process.StopAsync();
    }

    private T OneOf<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private void Note(string what) => _story.Add(what);

    private static string Letters(int number) =>
        string.Concat(Enumerable.Range(0, 4).Select(place => (char)('A' + (number / (int)Math.Pow(26, place) % 26))));
}
