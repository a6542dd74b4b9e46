using System.Globalization;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Orders;
using StratForge.Trading.Performance;
using StratForge.Worker.Market;

namespace StratForge.Worker.Validation;

/// <summary>Money, position and open orders of a trial. Orders fill wholly, without fees: at the open of the next bar, or where it reaches their
/// limit or stop. What money or units do not suffice for is refused.</summary>
/// <param name="symbol">The symbol of the trial.</param>
/// <param name="cash">With how much it begins, USD.</param>
internal sealed class TrialAccount(string symbol, decimal cash)
{
    private readonly List<TrialOrder> _open = [];
    private HypotheticalPosition _position = HypotheticalPosition.Flat;
    private int _orders;

    /// <summary>Whether the next bar may fill something.</summary>
    public bool HasOpenOrders => _open.Count > 0;

    /// <summary>Orders that were filled.</summary>
    public int Fills { get; private set; }

    /// <summary>Signals that money or units did not suffice for.</summary>
    public int Refused { get; private set; }

    private decimal Cash => cash + _position.Cash;

    /// <summary>Takes a signal in.</summary>
    /// <param name="signal">As the host sent it.</param>
    /// <param name="ticket">Its number.</param>
    /// <param name="price">The last price.</param>
    /// <returns>What to tell the strategy; null when nothing came of it, or when it is not a trade in this symbol.</returns>
    /// <exception cref="FormatException">It is no signal; says what is wrong with it.</exception>
    public (OrderEvent News, long Ticket)? Place(SignalFrame signal, long ticket, decimal price)
    {
        var quantity = Amount(signal.Quantity) ?? throw new FormatException($"its quantity {signal.Quantity ?? "(none)"} is not a number greater than zero");
        var side = signal.Action switch
        {
            "BUY" => Side.Buy,
            "SELL" => Side.Sell,
            _ => throw new FormatException("its action is neither BUY nor SELL"),
        };
        if (signal.RecordOnly || (signal.Symbol is not null && signal.Symbol != symbol))
        {
            return null;
        }

        var order = new TrialOrder(
            new Guid(++_orders, 0, 0, new byte[8]), ticket, side, quantity, signal.OrderType ?? "market", Amount(signal.LimitPrice), Amount(signal.StopPrice));
        var selling = _open.Where(open => open.Side == Side.Sell).Sum(open => open.Quantity);
        if (side == Side.Buy ? quantity * price > Cash : quantity > _position.Quantity - selling + Arriving)
        {
            Refused++;
            return null;
        }

        _open.Add(order);
        return (order.Tell(symbol, "accepted", View, Cash), ticket);
    }

    /// <summary>Takes open orders back.</summary>
    /// <param name="ids">Which; null for all.</param>
    public IReadOnlyList<(OrderEvent News, long Ticket)> Cancel(IReadOnlyCollection<string>? ids)
    {
        var canceled = _open.Where(order => ids is null || ids.Contains(order.Id.ToString(), StringComparer.OrdinalIgnoreCase)).ToArray();
        _open.RemoveAll(canceled.Contains);
        return [.. canceled.Select(order => (order.Tell(symbol, "canceled", View, Cash), order.Ticket))];
    }

    /// <summary>Fills what a bar fills, in the order in which it was placed.</summary>
    public IReadOnlyList<(OrderEvent News, long Ticket)> Fill(in BarValues bar)
    {
        var news = new List<(OrderEvent, long)>();
        foreach (var order in _open.ToArray())
        {
            if (order.PriceIn(bar) is not { } price || (order.Side == Side.Sell && order.Quantity > _position.Quantity))
            {
                continue;
            }

            _open.Remove(order);
            (_position, _) = _position.Fill(order.Side, order.Quantity, price);
            Fills++;
            news.Add((
                order.Tell(symbol, "filled", View, Cash) with
                {
                    FilledQuantity = order.Quantity,
                    AverageFillPrice = price,
                    Fill = new FillDetail(
                        order.Id, order.Quantity, price, 0, "USD", DateTimeOffset.FromUnixTimeMilliseconds(bar.UnixMilliseconds)),
                },
                order.Ticket));
        }

        return news;
    }

    private decimal Arriving => _open.Where(open => open.Side == Side.Buy).Sum(open => open.Quantity);

    private PositionView View => new(_position.Quantity, _position.AveragePrice);

    private static decimal? Amount(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount is > 0 and <= 1_000_000_000m
            ? amount
            : null;

    private sealed record TrialOrder(Guid Id, long Ticket, Side Side, decimal Quantity, string Type, decimal? Limit, decimal? Stop)
    {
        // Trailing stops, and limits behind stops, stay open: nobody would be the wiser for an invented path within the bar.
        public decimal? PriceIn(in BarValues bar)
        {
            var (open, high, low) = ((decimal)bar.Open, (decimal)bar.High, (decimal)bar.Low);
            return Type switch
            {
                "market" or "limit" => HypotheticalPosition.PriceOf(Side, Type == "limit" ? Limit : null, open, high, low),
                // A stop is reached from the other side than a limit.
                "stop" when Stop is { } stop && Side == Side.Buy => open >= stop ? open : high >= stop ? stop : null,
                "stop" when Stop is { } stop => open <= stop ? open : low <= stop ? stop : null,
                _ => null,
            };
        }

        public OrderEvent Tell(string symbol, string status, PositionView position, decimal cash) =>
            new(Id, SignalId: null, symbol, Side, status, Quantity, 0, null, Code: null, Fill: null, position, cash);
    }
}
