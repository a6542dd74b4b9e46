using System.Globalization;
using StratForge.Contracts.Orders;

namespace StratForge.Strategies.Running;

/// <summary>The account of a session as its strategy sees it, and what follows from it for the size of an order.</summary>
/// <remarks>Signals of the event at hand count as if they were orders already: a later one sees what an earlier one takes.</remarks>
internal sealed class SessionAccount(IReadOnlyList<Signal> pending)
{
    // What is refused or only recorded may never be heard of again; of so many the oldest is forgotten.
    private const int MostTickets = 10_000;

    private readonly Dictionary<string, OpenOrder> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Ticket> _tickets = [];
    private readonly HashSet<string> _canceling = new(StringComparer.Ordinal);
    private readonly List<string> _cancels = [];
    private long _tickedOff;

    /// <summary>Cash free to spend by what was last told, USD.</summary>
    public double Cash { get; set; }

    /// <summary>Orders to take back, in the order in which that was asked.</summary>
    public IReadOnlyList<string> Cancels => _cancels;

    /// <summary>All open orders are to be taken back.</summary>
    public bool CancelsAll { get; private set; }

    /// <summary>Orders that are not over, in the order in which they were heard of.</summary>
    public OrderUpdate[] OpenOrders => [.. _open.Values.OrderBy(order => order.Number).Select(order => order.Update)];

    public Ticket NewTicket(long number, Signal signal, string symbol)
    {
        var ticket = new Ticket(number, signal, symbol);
        _tickets.Add(number, ticket);
        if (_tickets.Count > MostTickets)
        {
            while (!_tickets.Remove(++_tickedOff))
            {
            }
        }

        return ticket;
    }

    public Ticket? FindTicket(long? number) => number is { } given ? _tickets.GetValueOrDefault(given) : null;

    /// <summary>Takes what happened to an order.</summary>
    public void Follow(OrderUpdate update)
    {
        update.Ticket?.Follow(update);
        if (update.Ticket is { IsOver: true } over)
        {
            _tickets.Remove(over.Number);
        }

        var left = Lots.Nearest(update.Quantity) - Lots.Nearest(update.FilledQuantity);
        if (update.IsOver || left <= 0)
        {
            _open.Remove(update.OrderId);
            _canceling.Remove(update.OrderId);
            return;
        }

        var number = _open.TryGetValue(update.OrderId, out var before) ? before.Number : _open.Count == 0 ? 0 : _open.Values.Max(order => order.Number) + 1;
        _open[update.OrderId] = new OpenOrder(
            number, update, update.Action == SignalAction.Buy ? left : -left, update.Exit is not null || update.Ticket is { Signal.IsStop: true });
    }

    /// <summary>Forgets what the last event asked for: it has been handed on.</summary>
    public void Answered()
    {
        _cancels.Clear();
        CancelsAll = false;
    }

    public void Cancel(string orderId)
    {
        if (!CancelsAll && _open.ContainsKey(orderId) && _canceling.Add(orderId))
        {
            _cancels.Add(orderId);
        }
    }

    public void CancelAll()
    {
        _cancels.Clear();
        CancelsAll = true;
        _canceling.UnionWith(_open.Keys);
    }

    /// <summary>Cash less what the signals of this event will reserve.</summary>
    public double BuyingPower(Func<Signal, double> priceOf)
    {
        var left = Cash;
        foreach (var signal in pending)
        {
            if (signal is { Action: SignalAction.Buy, RecordOnly: false })
            {
                left -= signal.Quantity * Reserved(signal, priceOf);
            }
        }

        return left;
    }

    /// <summary>Units to trade to be flat: what is held, less what is being sold already. Exits that wait on the position are taken back.</summary>
    public double ToClose(SymbolView view)
    {
        var held = Lots.Nearest(view.Position.Quantity);
        var closing = Open(view, held > 0 ? SignalAction.Sell : SignalAction.Buy);
        var left = -(held + closing);
        if (held == 0 || Int128.Sign(left) == Int128.Sign(held) || left == 0)
        {
            return 0;
        }

        TakeBackExits(view);
        return Lots.Units(left);
    }

    /// <summary>Units to trade to hold <paramref name="quantity"/>.</summary>
    public double ToTarget(SymbolView view, double quantity)
    {
        var target = Lots.Nearest(quantity);
        return target == 0 ? ToClose(view) : Limited(view, target - Expected(view));
    }

    /// <summary>Units to trade to hold <paramref name="share"/> of the equity.</summary>
    public double ToTargetPercent(SymbolView view, double share, double? limit, double lastPrice, double equity, double buyingPower)
    {
        if (!double.IsFinite(share))
        {
            throw new ArgumentException($"{share.ToString(CultureInfo.InvariantCulture)} is not a share of the equity.", nameof(share));
        }

        if (share == 0)
        {
            return ToClose(view);
        }

        var price = limit ?? lastPrice;
        if (!(price > 0))
        {
            throw new ArgumentException($"{price.ToString(CultureInfo.InvariantCulture)} is not a price.", nameof(limit));
        }

        var wanted = Lots.Nearest(share * equity / price) - Expected(view);
        if (wanted <= 0)
        {
            return Limited(view, wanted);
        }

        // The platform reserves a market buy at the last price and a buffer, a limit buy at its limit.
        var reserved = limit is null ? price * (1 + (double)Reservation.MarketBuyBuffer) : price;
        var payable = Lots.Below(Math.Max(buyingPower, 0) / reserved);
        return Lots.Units(Lots.Whole(Int128.Min(wanted, payable), view.IsCrypto));
    }

    private static double Reserved(Signal signal, Func<Signal, double> priceOf) =>
        signal.LimitPrice ?? ((signal.StopPrice ?? priceOf(signal)) * (1 + (double)Reservation.MarketBuyBuffer));

    private void TakeBackExits(SymbolView view)
    {
        foreach (var order in _open.Values.Where(order => order.IsExit && order.Update.Symbol == view.Symbol).OrderBy(order => order.Number).ToArray())
        {
            Cancel(order.Update.OrderId);
        }
    }

    // Held plus what open orders will bring or take. Exits do not count: they take something one day, or never.
    private Int128 Expected(SymbolView view) =>
        Lots.Nearest(view.Position.Quantity) + Open(view, SignalAction.Buy) + Open(view, SignalAction.Sell);

    private Int128 Open(SymbolView view, SignalAction action)
    {
        Int128 sum = 0;
        foreach (var order in _open.Values)
        {
            if (order.Update.Action == action && !order.IsExit && order.Update.Symbol == view.Symbol && !_canceling.Contains(order.Update.OrderId))
            {
                sum += order.Left;
            }
        }

        foreach (var signal in pending)
        {
            if (signal.Action == action && signal is { RecordOnly: false, IsStop: false } && signal.Ticket!.Symbol == view.Symbol)
            {
                sum += action == SignalAction.Buy ? Lots.Nearest(signal.Quantity) : -Lots.Nearest(signal.Quantity);
            }
        }

        return sum;
    }

    // Whole lots, and no more sold than is held and not already being sold: no helper sells short.
    private double Limited(SymbolView view, Int128 change)
    {
        if (change >= 0)
        {
            return Lots.Units(Lots.Whole(change, view.IsCrypto));
        }

        var sellable = Lots.Nearest(view.Position.Quantity) + Open(view, SignalAction.Sell);
        var sold = Lots.Whole(Int128.Min(-change, Int128.Max(sellable, 0)), view.IsCrypto);
        if (sold > 0)
        {
            TakeBackExits(view);
        }

        return Lots.Units(-sold);
    }

    private sealed record OpenOrder(int Number, OrderUpdate Update, Int128 Left, bool IsExit);
}
