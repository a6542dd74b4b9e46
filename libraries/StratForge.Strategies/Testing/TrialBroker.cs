using StratForge.Strategies.Running;

namespace StratForge.Strategies.Testing;

/// <summary>One thing that the broker of a trial tells.</summary>
internal sealed record TrialEvent(double Cash, Position Position, OrderUpdate Update, Fill? Fill, long? Ticket);

/// <summary>Fills the orders of a trial by the rules that <see cref="StrategyTrial"/> tells.</summary>
internal sealed class TrialBroker(string symbol, double cash)
{
    private const double Buffer = 0.02;

    private readonly List<TrialOrder> _orders = [];
    private readonly Dictionary<string, Position> _positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _lastPrice = new(StringComparer.Ordinal);
    private int _count;
    private double _cash = cash;

    /// <summary>Whether anything waits to be filled.</summary>
    public bool HasOrders => _orders.Count > 0;

    /// <summary>Takes a signal in, or says why not.</summary>
    public (TrialEvent? Event, string? Refusal) Take(Signal signal, long atMs)
    {
        if (signal.RecordOnly)
        {
            return (null, "RECORDED");
        }

        var traded = signal.Symbol ?? symbol;
        var units = Lots.Units(Lots.Nearest(signal.Quantity));
        if (signal.Action == SignalAction.Sell)
        {
            var selling = 0.0;
            foreach (var one in _orders)
            {
                // Of two exits only one can be filled.
                selling += one.Symbol == traded && one.Action == SignalAction.Sell && one.Exit != "stop_loss" ? one.Units : 0;
            }

            if (units + selling > PositionOf(traded).Quantity)
            {
                return (null, "INSUFFICIENT_QUANTITY");
            }
        }

        var reserved = signal.Action == SignalAction.Sell ? 0 : units * (signal.LimitPrice ?? ((signal.StopPrice ?? _lastPrice.GetValueOrDefault(traded)) * (1 + Buffer)));
        if (reserved > Free)
        {
            return (null, "INSUFFICIENT_FUNDS");
        }

        var order = new TrialOrder($"order-{++_count}", traded, signal.Action, units, signal, signal.Ticket!.Number, Exit: null)
        {
            Reserved = reserved,
            Best = _lastPrice.GetValueOrDefault(traded),
            TakenAt = atMs,
        };
        _orders.Add(order);
        return (Told(order, "accepted", null), null);
    }

    /// <summary>Takes orders back.</summary>
    public List<TrialEvent> Cancel(IReadOnlyCollection<string> ids, bool all)
    {
        var told = new List<TrialEvent>();
        foreach (var order in _orders.Where(order => all || ids.Contains(order.Id, StringComparer.Ordinal)).ToArray())
        {
            _orders.Remove(order);
            told.Add(Told(order, "canceled", null));
        }

        return told;
    }

    /// <summary>Fills what a bar fills: it happens before the bar is shown to anyone.</summary>
    public List<TrialEvent> Match(Bar bar)
    {
        var told = new List<TrialEvent>();
        foreach (var order in _orders.Where(order => order.Symbol == bar.Symbol).ToArray())
        {
            if (!_orders.Contains(order))
            {
                continue;
            }

            if (order.PriceIn(bar) is { } price)
            {
                _orders.Remove(order);
                told.Add(Fill(order, price, bar.OpensAtMs));
                told.AddRange(AfterFill(order, bar.OpensAtMs));
            }
            else if (order.Signal.TimeInForce is TimeInForce.Ioc or TimeInForce.Fok)
            {
                _orders.Remove(order);
                told.Add(Told(order, "canceled", null));
            }
        }

        _lastPrice[bar.Symbol] = bar.Close;
        return told;
    }

    private double Free => _orders.Aggregate(_cash, (left, order) => left - order.Reserved);

    private Position PositionOf(string traded) => _positions.GetValueOrDefault(traded);

    private IEnumerable<TrialEvent> AfterFill(TrialOrder order, long atMs)
    {
        if (order.Exit is not null)
        {
            var twin = _orders.Find(one => one.Exit is not null && one.Ticket == order.Ticket);
            if (twin is not null)
            {
                _orders.Remove(twin);
                yield return Told(twin, "canceled", null);
            }

            yield break;
        }

        var entry = order.Signal;
        var back = order.Action == SignalAction.Buy ? SignalAction.Sell : SignalAction.Buy;
        if (entry.TakeProfit is { } profit)
        {
            yield return Leave(order, new Signal(back, order.Units) { LimitPrice = profit }, "take_profit", atMs);
        }

        if (entry.StopLoss is { } stop)
        {
            yield return Leave(order, new Signal(back, order.Units) { StopPrice = stop, LimitPrice = entry.StopLossLimit }, "stop_loss", atMs);
        }
    }

    private TrialEvent Leave(TrialOrder entry, Signal terms, string exit, long atMs)
    {
        var order = new TrialOrder($"order-{++_count}", entry.Symbol, terms.Action, entry.Units, terms, entry.Ticket, exit) { TakenAt = atMs };
        _orders.Add(order);
        return Told(order, "accepted", null);
    }

    private TrialEvent Fill(TrialOrder order, double price, long atMs)
    {
        var held = PositionOf(order.Symbol);
        var bought = order.Action == SignalAction.Buy;
        var quantity = Lots.Units(Lots.Nearest(held.Quantity) + (bought ? Lots.Nearest(order.Units) : -Lots.Nearest(order.Units)));
        var average = quantity == 0 ? 0
            : bought ? ((held.Quantity * held.AveragePrice) + (order.Units * price)) / quantity
            : held.AveragePrice;
        _positions[order.Symbol] = new Position(quantity, average);
        _cash += bought ? -(order.Units * price) : order.Units * price;
        var fill = new Fill(
            order.Id, order.Symbol, order.Action, order.Units, price, 0, "USD", DateTimeOffset.FromUnixTimeMilliseconds(atMs), PositionOf(order.Symbol));
        return Told(order, "filled", fill);
    }

    private TrialEvent Told(TrialOrder order, string status, Fill? fill) => new(
        Free,
        PositionOf(order.Symbol),
        new OrderUpdate(
            order.Id, order.Symbol, order.Action, status, order.Units, fill?.Quantity ?? 0, fill?.Price, Reason: null, order.Exit),
        fill,
        order.Exit is null ? order.Ticket : null);

    private sealed record TrialOrder(string Id, string Symbol, SignalAction Action, double Units, Signal Signal, long Ticket, string? Exit)
    {
        private bool _isAwake;

        public double Reserved { get; init; }

        public double Best { get; set; }

        public long TakenAt { get; init; }

        /// <summary>The price at which a bar fills it; null when it does not.</summary>
        public double? PriceIn(in Bar bar)
        {
            // An exit comes to life with the bar after the entry's.
            if (Exit is not null && TakenAt >= bar.OpensAtMs)
            {
                return null;
            }

            if (Signal.IsStop && !_isAwake)
            {
                var stop = Signal.StopPrice ?? Trailed();
                var reached = Action == SignalAction.Buy ? bar.High >= stop : bar.Low <= stop;
                Best = Action == SignalAction.Buy ? Math.Min(Best, bar.Low) : Math.Max(Best, bar.High);
                if (!reached)
                {
                    return null;
                }

                _isAwake = true;
                return Signal.LimitPrice is null ? Action == SignalAction.Buy ? Math.Max(bar.Open, stop) : Math.Min(bar.Open, stop) : null;
            }

            return Signal.LimitPrice is not { } limit ? bar.Open
                : Action == SignalAction.Buy ? bar.Low <= limit ? Math.Min(bar.Open, limit) : null
                : bar.High >= limit ? Math.Max(bar.Open, limit) : null;
        }

        private double Trailed()
        {
            var distance = Signal.TrailPrice ?? (Best * Signal.TrailPercent!.Value / 100);
            return Action == SignalAction.Buy ? Best + distance : Best - distance;
        }
    }
}
