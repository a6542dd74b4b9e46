using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Fees;

namespace StratForge.Gateway.Tests.Reconciliation;

/// <summary>A venue in memory that keeps an account: it fills what arrives at the price a test has set, takes fees as the real one does, and can
/// keep its executions to itself.</summary>
internal sealed class AccountVenue : IBroker, IAccountHistory
{
    private static readonly DateTimeOffset Today = new(2024, 3, 5, 15, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, AlpacaOrder> _orders = [];
    private readonly Dictionary<string, decimal> _held = new(StringComparer.Ordinal);
    private readonly List<Channel<AlpacaOrderMessage>> _listeners = [];
    private readonly Queue<AlpacaTradeUpdate> _untold = new();
    private readonly List<AlpacaActivity> _bookings = [];
    private decimal _cash;

    /// <summary>Fills orders at this price the moment they arrive; null leaves them open.</summary>
    public decimal? FillsAt { get; set; }

    /// <summary>Fills happen and nobody is told until <see cref="Speak"/>.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Which account it keeps.</summary>
    public Guid AccountId { get; set; } = Guid.AllBitsSet;

    /// <summary>Nothing answers.</summary>
    public bool IsAway { get; set; }

    public int AvailableOrders => int.MaxValue;

    /// <summary>The day in New York.</summary>
    public DateOnly Date { get; set; } = DateOnly.FromDateTime(Today.Date);

    /// <summary>Books something by itself.</summary>
    /// <param name="booking">The entry; its cash moves.</param>
    /// <param name="units">Units that move with it.</param>
    public void Book(AlpacaActivity booking, decimal units = 0)
    {
        Put("USD", booking.NetAmount ?? 0);
        if (units != 0)
        {
            Put(booking.TradedSymbol!, units);
        }

        lock (_gate)
        {
            _bookings.Add(booking);
        }
    }

    public Task<DateOnly> GetDateAsync(CancellationToken cancellationToken)
    {
        ThrowIfAway();
        return Task.FromResult(Date);
    }

    public IAsyncEnumerable<AlpacaActivity> ListBookingsAsync(DateOnly from, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        lock (_gate)
        {
            return _bookings.Where(booking => booking.Date >= from).ToArray().ToAsyncEnumerable();
        }
    }

    /// <summary>Puts something into the account, or takes it out.</summary>
    /// <param name="asset"><c>USD</c>, or a symbol as orders spell it.</param>
    public void Put(string asset, decimal amount)
    {
        lock (_gate)
        {
            if (asset == "USD")
            {
                _cash += amount;
            }
            else
            {
                _held[asset] = _held.GetValueOrDefault(asset) + amount;
            }
        }
    }

    /// <summary>Tells what was kept back.</summary>
    public void Speak()
    {
        IsSilent = false;
        while (_untold.TryDequeue(out var update))
        {
            Tell(update);
        }
    }

    public Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        var taken = new AlpacaOrder
        {
            Id = Guid.CreateVersion7(Today),
            ClientOrderId = order.Id.ToString(),
            Symbol = order.Symbol,
            Side = order.Side == Side.Buy ? AlpacaSide.Buy : AlpacaSide.Sell,
            Type = order.Type,
            TimeInForce = order.TimeInForce,
            LimitPrice = order.LimitPrice,
            Qty = order.Quantity,
            Status = AlpacaOrderStatus.New,
            CreatedAt = Today,
        };
        lock (_gate)
        {
            _orders.Add(order.Id, taken);
        }

        if (FillsAt is { } price)
        {
            Execute(taken, price);
        }

        return Task.FromResult(taken);
    }

    public Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_orders.GetValueOrDefault(id));
        }
    }

    public Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken)
    {
        AlpacaOrder canceled;
        lock (_gate)
        {
            var id = _orders.Single(order => order.Value.Id == venueOrderId).Key;
            canceled = _orders[id] = _orders[id] with { Status = AlpacaOrderStatus.Canceled };
        }

        Tell(new AlpacaTradeUpdate { Event = AlpacaTradeEvent.Canceled, Timestamp = Today, Order = canceled });
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken)
    {
        ThrowIfAway();
        return Task.FromResult<IReadOnlyList<AlpacaOrder>>(Open());
    }

    public async IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
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

    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new AlpacaClock(Today, true, Today.AddDays(1), Today.AddHours(6)));

    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken)
    {
        ThrowIfAway();
        lock (_gate)
        {
            return Task.FromResult(new AlpacaAccount { Id = AccountId, Status = "ACTIVE", Currency = "USD", Cash = _cash });
        }
    }

    /// <summary>Pairs lose their slash here, as at the real venue.</summary>
    public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken)
    {
        ThrowIfAway();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<AlpacaPosition>>(
            [
                .. _held.Where(position => position.Value != 0).Select(position => new AlpacaPosition
                {
                    Symbol = position.Key.Replace("/", "", StringComparison.Ordinal),
                    AssetClass = Symbols.ClassOf(position.Key) == AssetClass.Crypto ? "crypto" : "us_equity",
                    Qty = position.Value,
                }),
            ]);
        }
    }

    public Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlpacaAsset>>([.. new[] { "SPY", "AAPL", "BTC/USD" }.Select(Listed)]);

    public Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken) => Task.FromResult<AlpacaQuote?>(null);

    private static AlpacaAsset Listed(string symbol) => new()
    {
        Id = Guid.AllBitsSet,
        Class = Symbols.ClassOf(symbol) == AssetClass.Crypto ? "crypto" : "us_equity",
        Symbol = symbol,
        Status = "active",
        Tradable = true,
        Fractionable = true,
    };

    private AlpacaOrder[] Open()
    {
        lock (_gate)
        {
            return [.. _orders.Values.Where(order => !order.IsOver)];
        }
    }

    private void Execute(AlpacaOrder order, decimal price)
    {
        var quantity = order.Qty!.Value;
        var cash = ExecutionCash.Of(quantity, price);
        var isCrypto = Symbols.ClassOf(order.Symbol) == AssetClass.Crypto;
        var filled = order with { Status = AlpacaOrderStatus.Filled, FilledQty = quantity, FilledAvgPrice = price };
        lock (_gate)
        {
            _orders[Guid.Parse(order.ClientOrderId)] = filled;
        }

        if (order.Side == AlpacaSide.Buy)
        {
            Put("USD", -cash);
            Put(order.Symbol, quantity - (isCrypto ? CryptoFee.OfBuy(quantity) : 0));
        }
        else
        {
            Put("USD", cash - (isCrypto ? CryptoFee.OfSale(cash) : 0));
            Put(order.Symbol, -quantity);
        }

        Tell(new AlpacaTradeUpdate
        {
            Event = AlpacaTradeEvent.Fill,
            Timestamp = Today,
            Order = filled,
            ExecutionId = Guid.CreateVersion7(Today),
            Price = price,
            Qty = quantity,
        });
    }

    private void Tell(AlpacaTradeUpdate update)
    {
        if (IsSilent)
        {
            _untold.Enqueue(update);
            return;
        }

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
}
