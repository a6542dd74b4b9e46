using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using StratForge.Alpaca;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Fees;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>A venue in memory with Alpaca's rules on ids, wash trades and units that other orders hold. It fills when a test says so, and
/// it can be away, lose its answers, or have nobody listening.</summary>
internal sealed class PaperVenue(TimeProvider clock) : IBroker
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, AlpacaOrder> _orders = [];
    private readonly List<AlpacaActivity> _history = [];
    private readonly List<PaperExecution> _executions = [];
    private readonly Channel<AlpacaOrder> _taken = Channel.CreateUnbounded<AlpacaOrder>();
    private readonly Channel<BrokerOrderFacts> _tried = Channel.CreateUnbounded<BrokerOrderFacts>();
    private readonly List<Channel<AlpacaOrderMessage>> _listeners = [];

    /// <summary>Nothing arrives and nothing answers.</summary>
    public bool IsAway { get; set; }

    /// <summary>Orders arrive, answers don't.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Fills every order at this price the moment it arrives.</summary>
    public decimal? FillsAt { get; set; }

    /// <summary>Symbols that it lists.</summary>
    public IReadOnlyList<string> Listed { get; init; } = [];

    /// <summary>The close that its clock names; null for six hours from now.</summary>
    public DateTimeOffset? ClosesAt { get; set; }

    /// <summary>Answers who asks for a quote; null has none.</summary>
    public Func<string, Task<AlpacaQuote?>>? Quotes { get; set; }

    /// <summary>Symbols of which somebody asked for a quote, in order.</summary>
    public ConcurrentQueue<string> AskedFor { get; } = new();

    /// <summary>Refuses every order with this.</summary>
    public AlpacaError? Refusal { get; set; }

    /// <summary>Fails the next submission with this, once.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>Told of every event besides the listeners.</summary>
    public Action<AlpacaTradeUpdate>? OnUpdate { get; set; }

    public IReadOnlyList<AlpacaOrder> Orders
    {
        get
        {
            lock (_gate)
            {
                return [.. _orders.Values];
            }
        }
    }

    /// <summary>Everything that was executed, in order.</summary>
    public IReadOnlyList<PaperExecution> Executions
    {
        get
        {
            lock (_gate)
            {
                return [.. _executions];
            }
        }
    }

    /// <summary>Orders that were refused because of something else in the account.</summary>
    public int AccountRefusals { get; private set; }

    /// <summary>Units of a symbol that the account holds here: what was bought less its fees and less what was sold.</summary>
    public decimal PositionOf(string symbol)
    {
        lock (_gate)
        {
            return HeldOf(symbol);
        }
    }

    /// <summary>Loses all state, as a paper account that is reset does.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _orders.Clear();
            _history.Clear();
            _executions.Clear();
        }
    }

    /// <summary>The next order that arrives.</summary>
    public async Task<AlpacaOrder> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await _taken.Reader.ReadAsync(patience.Token);
    }

    /// <summary>The next order that somebody tries to send, whether it arrives or not.</summary>
    public async Task<BrokerOrderFacts> TriedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await _tried.Reader.ReadAsync(patience.Token);
    }

    public Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken)
    {
        AlpacaOrder taken;
        _tried.Writer.TryWrite(order);
        lock (_gate)
        {
            ThrowIfAway();
            if (Trouble is { } trouble)
            {
                Trouble = null;
                throw trouble;
            }

            if (Refusal is { } refusal)
            {
                throw new AlpacaException(refusal);
            }

            if (_orders.ContainsKey(order.Id))
            {
                throw Refuse(HttpStatusCode.UnprocessableEntity, 40010001, "client_order_id must be unique");
            }

            var side = order.Side == Side.Buy ? AlpacaSide.Buy : AlpacaSide.Sell;
            CheckAccount(order, side);

            var now = clock.GetUtcNow();
            taken = new AlpacaOrder
            {
                Id = Guid.CreateVersion7(now),
                ClientOrderId = order.Id.ToString(),
                Symbol = order.Symbol,
                Side = side,
                Type = order.Type,
                TimeInForce = order.TimeInForce,
                LimitPrice = order.LimitPrice,
                Qty = order.Quantity,
                Status = AlpacaOrderStatus.New,
                CreatedAt = now,
            };
            _orders.Add(order.Id, taken);
        }

        _taken.Writer.TryWrite(taken);
        if (FillsAt is { } price)
        {
            Fill(taken, taken.Qty!.Value, price);
        }

        return LosesAnswers
            ? throw new AlpacaException("The answer was lost.", new HttpRequestException())
            : Task.FromResult(taken);
    }

    /// <summary>Executes units of an order.</summary>
    /// <returns>The event, which a test may repeat or hold back.</returns>
    public AlpacaTradeUpdate Fill(AlpacaOrder order, decimal quantity, decimal price, bool tell = true)
    {
        AlpacaTradeUpdate update;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var id = Guid.Parse(order.ClientOrderId);
            var filled = _orders[id].FilledQty + quantity;
            var after = _orders[id] with
            {
                FilledQty = filled,
                Status = filled == order.Qty ? AlpacaOrderStatus.Filled : AlpacaOrderStatus.PartiallyFilled,
            };
            _orders[id] = after;
            var execution = Guid.CreateVersion7(now);
            _executions.Add(PaperExecution.Of(execution, after, quantity, price));
            _history.Add(new AlpacaActivity
            {
                Id = $"20240108093000000::{execution}",
                ActivityType = "FILL",
                TransactionTime = now,
                Price = price,
                Qty = quantity,
                OrderId = order.Id,
                CumQty = filled,
            });
            update = new AlpacaTradeUpdate
            {
                Event = after.IsOver ? AlpacaTradeEvent.Fill : AlpacaTradeEvent.PartialFill,
                Timestamp = now,
                Order = after,
                ExecutionId = execution,
                Price = price,
                Qty = quantity,
            };
        }

        if (tell)
        {
            Tell(update);
        }

        return update;
    }

    /// <summary>Ends an order with units open.</summary>
    public AlpacaTradeUpdate End(AlpacaOrder order, string status = AlpacaOrderStatus.Canceled, bool tell = true)
    {
        AlpacaTradeUpdate update;
        lock (_gate)
        {
            var id = Guid.Parse(order.ClientOrderId);
            _orders[id] = _orders[id] with { Status = status };
            update = new AlpacaTradeUpdate { Event = status, Timestamp = clock.GetUtcNow(), Order = _orders[id] };
        }

        if (tell)
        {
            Tell(update);
        }

        return update;
    }

    public Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfAway();
            return Task.FromResult(_orders.GetValueOrDefault(id));
        }
    }

    public Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        AlpacaTradeUpdate update;
        lock (_gate)
        {
            var order = _orders.Values.Single(order => order.Id == venueOrderId);
            if (order.IsOver)
            {
                throw Refuse(HttpStatusCode.UnprocessableEntity, 42210000, $"order is already in \"{order.Status}\" state");
            }

            update = End(order, tell: false);
        }

        Tell(update);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken)
    {
        ThrowIfAway();
        return Task.FromResult<IReadOnlyList<AlpacaOrder>>([.. Orders.Where(order => !order.IsOver)]);
    }

    public async IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThrowIfAway();
        AlpacaActivity[] fills;
        lock (_gate)
        {
            fills = [.. _history.Where(fill => fill.OrderId == venueOrderId)];
        }

        foreach (var fill in fills)
        {
            yield return fill;
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<AlpacaOrderMessage>();
        lock (_gate)
        {
            _listeners.Add(channel);
        }

        yield return new AlpacaOrderMessage.Listening(1);
        await foreach (var message in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return message;
        }
    }

    public int AvailableOrders { get; set; } = int.MaxValue;

    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken)
    {
        ThrowIfAway();
        var now = clock.GetUtcNow();
        return Task.FromResult(new AlpacaClock(now, true, now.AddDays(1), ClosesAt ?? now.AddHours(6)));
    }

    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new AlpacaAccount { Id = Guid.AllBitsSet, Status = "ACTIVE", Cash = 0 });

    public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) =>
        throw new AlpacaException("This venue shows no positions.", new HttpRequestException());

    public Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlpacaAsset>>(
        [
            .. Listed.Select(symbol => new AlpacaAsset
            {
                Id = Guid.AllBitsSet,
                Class = symbol.Contains('/', StringComparison.Ordinal) ? "crypto" : "us_equity",
                Symbol = symbol,
                Status = "active",
                Tradable = true,
                Fractionable = true,
            }),
        ]);

    public Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken)
    {
        AskedFor.Enqueue(symbol);
        return Quotes is { } quotes ? quotes(symbol) : Task.FromResult<AlpacaQuote?>(null);
    }

    // As the account's, not the users': one order may neither meet an opposite one nor sell or cover more than is there and free.
    private void CheckAccount(BrokerOrderFacts order, string side)
    {
        AlpacaOrder[] open = [.. _orders.Values.Where(open => open.Symbol == order.Symbol && !open.IsOver)];
        if (open.Any(other => other.Side != side && SymbolBook.WouldTrade(order.Side, order.LimitPrice, other.LimitPrice)))
        {
            AccountRefusals++;
            throw Refuse(HttpStatusCode.Forbidden, 40310000, "potential wash trade detected. use complex orders");
        }

        var held = HeldOf(order.Symbol);
        var closable = order.Side == Side.Sell ? held : -held;
        var free = closable - open.Where(other => other.Side == side).Sum(other => other.Qty!.Value - other.FilledQty);
        if (closable > 0 && order.Quantity > free)
        {
            AccountRefusals++;
            throw Refuse(
                HttpStatusCode.Forbidden, 40310000, $"insufficient qty available for order (requested: {order.Quantity}, available: {free})");
        }
    }

    private decimal HeldOf(string symbol) => _executions.Where(execution => execution.Symbol == symbol).Sum(execution => execution.Units);

    private void Tell(AlpacaTradeUpdate update)
    {
        OnUpdate?.Invoke(update);
        lock (_gate)
        {
            _listeners.ForEach(listener => listener.Writer.TryWrite(new AlpacaOrderMessage.Update(update)));
        }
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new AlpacaException("Nobody is there.", new HttpRequestException());
        }
    }

    private static AlpacaException Refuse(HttpStatusCode status, int code, string message) =>
        new(new AlpacaError(status, code, message, new Dictionary<string, JsonElement>(StringComparer.Ordinal), null));
}

/// <summary>One execution as the venue's account sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Symbol">What was traded.</param>
/// <param name="Units">What came in after fees, or below zero what went out.</param>
/// <param name="Cash">What came in after fees, or below zero what was paid, USD.</param>
internal sealed record PaperExecution(Guid Id, string Symbol, decimal Units, decimal Cash)
{
    public static PaperExecution Of(Guid id, AlpacaOrder order, decimal quantity, decimal price)
    {
        var cash = ExecutionCash.Of(quantity, price);
        var isCrypto = order.Symbol.Contains('/', StringComparison.Ordinal);
        return order.Side == AlpacaSide.Buy
            ? new PaperExecution(id, order.Symbol, quantity - (isCrypto ? CryptoFee.OfBuy(quantity) : 0), -cash)
            : new PaperExecution(id, order.Symbol, -quantity, cash - (isCrypto ? CryptoFee.OfSale(cash) : 0));
    }
}
