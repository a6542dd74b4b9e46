using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Settlement;

/// <summary>The books of some broker orders in memory, with everything locked: reports are applied to them in the order in which
/// they came, then all is written at once.</summary>
internal sealed class SettlementGroup(
    IReadOnlyDictionary<Guid, BrokerOrderRow> brokerOrders, IEnumerable<Guid> bookedExecutions, DateTimeOffset now)
{
    private readonly HashSet<Guid> _booked = [.. bookedExecutions];

    public List<TradeRow> Trades { get; } = [];

    public List<EntryRow> Entries { get; } = [];

    public List<EventRow> Events { get; } = [];

    /// <summary>Orders to close with what is still reserved: order, status, code, detail.</summary>
    public List<(OrderRow Order, string Status, string? Code, string? Detail)> Closings { get; } = [];

    /// <summary>Broker orders to take back.</summary>
    public List<VenueReport.Held> Holds { get; } = [];

    /// <summary>Symbols in which a broker order ended.</summary>
    public HashSet<string> Released { get; } = new(StringComparer.Ordinal);

    /// <summary>Broker orders of which the venue has filled more than we know.</summary>
    public HashSet<Guid> Missing { get; } = [];

    /// <summary>Reports about orders that are not ours.</summary>
    public int Foreign { get; private set; }

    /// <summary>Executions that were booked before.</summary>
    public int Repeats { get; private set; }

    /// <summary>Reports that contradict the books.</summary>
    public List<string> Contradictions { get; } = [];

    public IEnumerable<BrokerOrderRow> BrokerOrders => brokerOrders.Values;

    /// <summary>Applies reports in order and closes what is over.</summary>
    public void Apply(IEnumerable<VenueReport> reports)
    {
        foreach (var report in reports)
        {
            if (!brokerOrders.TryGetValue(report.BrokerOrderId, out var broker))
            {
                Foreign++;
                continue;
            }

            Apply(broker, report);
        }

        foreach (var broker in brokerOrders.Values)
        {
            Finish(broker);
        }
    }

    private void Apply(BrokerOrderRow broker, VenueReport report)
    {
        switch (report)
        {
            case VenueReport.Acknowledged acknowledged:
                Know(broker, acknowledged.VenueOrderId);
                break;
            case VenueReport.Live live:
                Know(broker, live.VenueOrderId);
                GoLive(broker);
                break;
            case VenueReport.Executed executed:
                Know(broker, executed.VenueOrderId);
                Execute(broker, executed);
                break;
            case VenueReport.Ended ended:
                if (ended.VenueOrderId is { } venueOrderId)
                {
                    Know(broker, venueOrderId);
                }

                SeeFilled(broker, ended.VenueFilled);
                if (broker.IsOpen)
                {
                    broker.EndStatus = ended.Status;
                    broker.EndDetail = ended.Detail;
                }

                break;
            case VenueReport.Refused refused when broker is { IsOpen: true, Filled: 0, VenueFilled: 0 }:
                broker.Status = "rejected";
                broker.EndDetail = refused.Detail;
                Close(broker, "rejected", refused.Code, refused.Detail);
                break;
            case VenueReport.Held held when broker is { IsOpen: true, Filled: 0, VenueFilled: 0 }:
                Holds.Add(held);
                Released.Add(broker.Symbol);
                break;
            default:
                // A refusal of something the venue has filled: it can't be true any more.
                break;
        }
    }

    private void Know(BrokerOrderRow broker, Guid venueOrderId)
    {
        // The newest: a venue that lost an order gives it another id when it is sent again.
        broker.VenueOrderId = venueOrderId.ToString();
        broker.SubmittedAt ??= now;
    }

    private static void GoLive(BrokerOrderRow broker)
    {
        if (broker.Status != "accepted")
        {
            return;
        }

        broker.Status = "new";
        foreach (var order in broker.Orders.Where(order => order.Status == "accepted"))
        {
            order.Status = "new";
            order.Changed = true;
        }
    }

    private void SeeFilled(BrokerOrderRow broker, decimal venueFilled)
    {
        if (venueFilled > broker.Quantity)
        {
            Contradictions.Add($"the venue filled {venueFilled} of {broker.Quantity} units of broker order {broker.Id}");
            return;
        }

        broker.VenueFilled = decimal.Max(broker.VenueFilled, venueFilled);
    }

    private void Execute(BrokerOrderRow broker, VenueReport.Executed execution)
    {
        SeeFilled(broker, decimal.Max(execution.VenueFilled, execution.Quantity));

        // The same execution under its id, or, where history and stream name it differently, one that would take us beyond
        // what the venue itself counts.
        if (_booked.Contains(execution.ExecutionId) || broker.Filled + execution.Quantity > broker.VenueFilled)
        {
            Repeats++;
            return;
        }

        OrderRow[] open = [.. broker.Orders.Where(order => order.IsOpen && order.State.Remaining > 0)];
        if (!broker.IsOpen || open.Sum(order => order.State.Remaining) < execution.Quantity)
        {
            Contradictions.Add($"execution {execution.ExecutionId} of {execution.Quantity} units for broker order {broker.Id}, which is {broker.Status}");
            return;
        }

        _booked.Add(execution.ExecutionId);
        var shares = FillShare.Split(
            broker.AssetClass, broker.Side, execution.Quantity, execution.Price, [.. open.Select(order => order.State.Remaining)]);
        foreach (var (order, share) in open.Zip(shares))
        {
            if (share.Quantity > 0)
            {
                Book(broker, order, share, execution);
            }
        }

        broker.Filled += execution.Quantity;
        broker.Status = broker.Filled == broker.Quantity ? "filled" : "partially_filled";
    }

    private void Book(BrokerOrderRow broker, OrderRow order, FillShare share, VenueReport.Executed execution)
    {
        var fill = OrderFill.Book(order.Account.UserId, order.Symbol, order.State, order.Position.Holding, share);
        order.State = fill.Order;
        order.Status = fill.Order.Remaining == 0 ? "filled" : "partially_filled";
        order.FilledAt = fill.Order.Remaining == 0 ? execution.OccurredAt : null;
        order.Changed = true;
        order.Position.Holding = fill.Position;
        order.Position.Changed = true;
        order.Account.Cash += fill.FreeCashChange;

        var feeAsset = broker is { AssetClass: AssetClass.Crypto, Side: Side.Buy } ? order.Symbol[..order.Symbol.IndexOf('/', StringComparison.Ordinal)] : "USD";
        Trades.Add(new TradeRow(Guid.CreateVersion7(now), execution, order, broker.Side, share, feeAsset, fill.CashAmount, fill.RealisedPnl));
        Entries.AddRange(fill.Postings.Select(posting => new EntryRow(posting, order.Id, execution.ExecutionId)));
        Tell("fill", order, new FillDetail(execution.ExecutionId, share.Quantity, share.Price, share.Fee, feeAsset, execution.OccurredAt));
    }

    private void Finish(BrokerOrderRow broker)
    {
        if (broker is { IsOpen: true, EndStatus: { } end } && broker.Filled >= broker.VenueFilled)
        {
            broker.Status = end;
            Close(
                broker, end, end == "rejected" ? "BROKER_REJECTED" : null,
                broker.EndDetail ?? (end == "rejected" ? "BROKER_REJECTED: refused by the venue after it had been taken" : null));
        }

        if (broker.Filled < broker.VenueFilled)
        {
            Missing.Add(broker.Id);
        }

        if (broker is { WasOpen: true, IsOpen: false })
        {
            Released.Add(broker.Symbol);
        }

        foreach (var order in broker.Orders.Where(order => order is { Changed: true, Told: false, IsOpen: true }))
        {
            Tell("order", order, null);
        }
    }

    private void Close(BrokerOrderRow broker, string status, string? code, string? detail)
    {
        foreach (var order in broker.Orders.Where(order => order.IsOpen))
        {
            order.Told = true;
            Closings.Add((order, status, code, detail));
        }
    }

    private void Tell(string kind, OrderRow order, FillDetail? fill)
    {
        order.Told = true;
        var state = order.State;
        var position = order.Position.Holding;
        var data = JsonSerializer.SerializeToElement(
            new OrderEvent(
                order.Id, order.SignalId, order.Symbol, state.Side, order.Status, state.Quantity, state.Filled, state.AveragePrice, null, fill,
                new PositionView(position.Quantity, position.AveragePrice), order.Account.Cash),
            ContractsJson.Default.OrderEvent);
        var account = order.Account;
        account.Changed = true;
        Events.Add(new EventRow(
            new UserEvent(++account.LastEventId, account.UserId, order.Position.SessionId, kind, now, data, order.Traceparent), data.GetRawText()));
    }
}
