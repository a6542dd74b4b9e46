using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <content>Booking what the venue says.</content>
public sealed partial class House
{
    // What stands against an order is over in a moment as a rule: the other side is filling. If it is not, asking does not help.
    private static readonly TimeSpan FirstHold = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(1);

    // Some three minutes.
    private const int HeldLongAfter = 10;

    /// <summary>Books one report. Reports may come twice, late and in any order.</summary>
    /// <param name="report">What the venue said.</param>
    /// <param name="now">When it came.</param>
    /// <returns>False when the broker order is not known here: it ended long ago, or is not ours.</returns>
    public bool Apply(VenueReport report, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (!_brokerOrders.TryGetValue(report.BrokerOrderId, out var broker))
        {
            return false;
        }

        switch (report)
        {
            case VenueReport.Acknowledged acknowledged:
                Know(broker, acknowledged.VenueOrderId, now);
                break;
            case VenueReport.Live live:
                Know(broker, live.VenueOrderId, now);
                GoLive(broker);
                break;
            case VenueReport.Executed executed:
                Know(broker, executed.VenueOrderId, now);
                Execute(broker, executed);
                break;
            case VenueReport.Ended ended:
                End(broker, ended, now);
                break;
            case VenueReport.Refused refused when broker is { IsOpen: true, Now: { Filled: 0, VenueFilled: 0 } }:
                Set(broker, broker.Now with { Status = OrderStatus.Rejected, EndDetail = refused.Detail });
                foreach (var order in Carried(broker))
                {
                    Close(order, OrderStatus.Rejected, refused.Code, refused.Detail);
                }

                break;
            case VenueReport.Held held when broker is { IsOpen: true, Now: { Filled: 0, VenueFilled: 0 } }:
                Set(broker, broker.Now with { Status = OrderStatus.Canceled, EndDetail = held.Reason });
                Hold(broker, held.Reason, now);
                break;
            default:
                // A refusal of something the venue has filled: it can't be true any more.
                break;
        }

        Finish(broker);
        return true;
    }

    private void Know(BrokerOrder broker, Guid venueOrderId, DateTimeOffset now)
    {
        // The newest: a venue that lost an order gives it another id when it is sent again.
        if (broker.Now.VenueOrderId == venueOrderId && broker.Now.SubmittedAt is not null)
        {
            return;
        }

        Set(broker, broker.Now with { VenueOrderId = venueOrderId, SubmittedAt = broker.Now.SubmittedAt ?? now });
        foreach (var order in Carried(broker).Where(order => order.Now.TimesHeld > 0))
        {
            // This time the venue took it.
            Set(order, order.Now with { TimesHeld = 0 });
        }

        if (broker is { IsOpen: true, Now.IsRecalled: true })
        {
            // It was wanted back before the venue had a name for it.
            _pending.Recalls.Add(broker);
        }
    }

    private void GoLive(BrokerOrder broker)
    {
        if (broker.Now.Status != OrderStatus.Accepted)
        {
            return;
        }

        Set(broker, broker.Now with { Status = OrderStatus.New });
        foreach (var order in Carried(broker).Where(order => order.Now.Status == OrderStatus.Accepted))
        {
            Set(order, order.Now with { Status = OrderStatus.New });
            Tell(order, "order", null);
        }
    }

    private void SeeFilled(BrokerOrder broker, decimal venueFilled)
    {
        if (venueFilled > broker.Facts.Quantity)
        {
            _pending.Contradictions.Add($"the venue filled {venueFilled} of {broker.Facts.Quantity} units of broker order {broker.Id}");
        }
        else if (venueFilled > broker.Now.VenueFilled)
        {
            Set(broker, broker.Now with { VenueFilled = venueFilled });
        }
    }

    private void Execute(BrokerOrder broker, VenueReport.Executed execution)
    {
        SeeFilled(broker, decimal.Max(execution.VenueFilled, execution.Quantity));

        // The same execution under its id, or, where history and stream name it differently, one that would take us beyond
        // what the venue itself counts.
        if (broker.HasBooked(execution.ExecutionId) || broker.Now.Filled + execution.Quantity > broker.Now.VenueFilled)
        {
            _pending.Repeats++;
            return;
        }

        Order[] open = [.. Carried(broker).Where(order => order.Remaining > 0)];
        if (!broker.IsOpen || open.Sum(order => order.Remaining) < execution.Quantity)
        {
            _pending.Contradictions.Add(
                $"execution {execution.ExecutionId} of {execution.Quantity} units for broker order {broker.Id}, which is {broker.Now.Status}");
            return;
        }

        broker.NoteBooked(execution.ExecutionId);
        var filled = broker.Now.Filled + execution.Quantity;
        Set(broker, broker.Now with
        {
            Filled = filled,
            Status = filled == broker.Facts.Quantity ? OrderStatus.Filled : OrderStatus.PartiallyFilled,
        });
        var shares = FillShare.Split(
            broker.AssetClass, broker.Facts.Side, execution.Quantity, execution.Price, [.. open.Select(order => order.Remaining)]);
        foreach (var (order, share) in open.Zip(shares))
        {
            if (share.Quantity > 0)
            {
                Book(order, share, execution.ExecutionId, broker.Id, execution.OccurredAt);
            }
        }
    }

    private void Book(Order order, FillShare share, Guid executionId, Guid? brokerOrderId, DateTimeOffset occurredAt)
    {
        var (progress, account, symbol) = (order.Now, order.Account, order.Symbol);
        var fill = OrderFill.Book(
            account.UserId,
            symbol,
            new OrderState(
                order.Side, order.Facts.Effect, order.Quantity, progress.Filled, progress.AveragePrice, progress.ReservedCash, progress.ReservedUnits,
                progress.CollarPrice),
            order.Position.Now,
            share);
        var isFilled = fill.Order.Remaining == 0;
        Set(order, progress with
        {
            Status = isFilled ? OrderStatus.Filled : OrderStatus.PartiallyFilled,
            Filled = fill.Order.Filled,
            AveragePrice = fill.Order.AveragePrice,
            ReservedCash = fill.Order.ReservedCash,
            ReservedUnits = fill.Order.ReservedUnits,
            FilledAt = isFilled ? occurredAt : null,
        });
        Set(account, account.Now with
        {
            Cash = account.Now.Cash + fill.FreeCashChange,
            Reserved = account.Now.Reserved - (progress.ReservedCash - fill.Order.ReservedCash),
            Margin = account.Now.Margin + fill.Position.Margin - order.Position.Now.Margin,
        });
        Set(order.Position, fill.Position);

        var feeAsset = order.Side == Side.Buy && Symbols.ClassOf(symbol) == AssetClass.Crypto
            ? symbol[..symbol.IndexOf('/', StringComparison.Ordinal)]
            : Usd;
        var trade = new Trade(executionId, order, brokerOrderId, share, feeAsset, fill.CashAmount, fill.RealisedPnl, occurredAt);
        _pending.Trades.Add(trade);
        ChangeNet(BookOf(symbol), NetOf(trade));
        foreach (var posting in fill.Postings)
        {
            _pending.Postings.Add(new BookedPosting(posting, order.Id, executionId));
        }

        if (order.Facts.SignalId is { } signal)
        {
            _pending.SignalResults.Add(new SignalResult(signal, isFilled ? "EXECUTED" : "PARTIAL", null, null));
        }

        Tell(order, "fill", new FillDetail(executionId, share.Quantity, share.Price, share.Fee, feeAsset, occurredAt));
        if (isFilled && order.Facts.Leg is null)
        {
            WakeLegs(order);
        }
        else if (isFilled)
        {
            CloseKin(order, OrderStatus.Filled);
        }
    }

    private void End(BrokerOrder broker, VenueReport.Ended ended, DateTimeOffset now)
    {
        if (ended.VenueOrderId is { } venueOrderId)
        {
            Know(broker, venueOrderId, now);
        }

        SeeFilled(broker, ended.VenueFilled);
        if (broker.IsOpen)
        {
            Set(broker, broker.Now with { EndStatus = ended.Status, EndDetail = ended.Detail });
        }
    }

    private void Finish(BrokerOrder broker)
    {
        if (broker is { IsOpen: true, Now.EndStatus: { } end } && broker.Now.Filled >= broker.Now.VenueFilled)
        {
            Set(broker, broker.Now with { Status = end });
            Disband(broker, end);
        }
        else if (broker.Now.Status == OrderStatus.Filled)
        {
            // It asked for less than its orders want: the rest goes next.
            Return(broker, "the broker order carried only a part");
        }

        if (broker.Now.Filled < broker.Now.VenueFilled)
        {
            _pending.Missing.Add(broker.Id);
        }
    }

    private void Disband(BrokerOrder broker, string end)
    {
        var detail = broker.Now.EndDetail;
        if (end == OrderStatus.Rejected)
        {
            foreach (var order in Carried(broker))
            {
                Close(order, end, "BROKER_REJECTED", detail ?? "BROKER_REJECTED: refused by the venue after it had been taken");
            }

            return;
        }

        var isOurWish = end == OrderStatus.Canceled && broker.Now.IsRecalled;
        foreach (var order in Carried(broker))
        {
            var goesOn = broker.Facts.TimeInForce is not ("ioc" or "fok")
                && !order.Now.CancelAsked
                && (isOurWish || (end == OrderStatus.Expired && order.Terms.TimeInForce == "gtc"));
            if (!goesOn)
            {
                Close(order, end, null, detail);
            }
        }

        Return(broker, isOurWish ? "it was called back" : "the venue's day is over and the order goes on");
    }

    // Twice as long each time: the venue may go on refusing for as long as somebody else's order rests in the account.
    private void Hold(BrokerOrder broker, string reason, DateTimeOffset now)
    {
        foreach (var order in Carried(broker))
        {
            var times = order.Now.TimesHeld + 1;
            var wait = FirstHold * Math.Pow(2, Math.Min(times - 1, HeldLongAfter));
            Set(order, order.Now with { TimesHeld = times, HeldUntil = now + (wait < LongestHold ? wait : LongestHold) });
            if (times == HeldLongAfter)
            {
                _pending.HeldLong.Add((order, reason));
            }
        }

        Return(broker, reason);
    }

    /// <summary>What is left of a broker order's orders waits in the house again.</summary>
    private void Return(BrokerOrder broker, string reason)
    {
        foreach (var order in Carried(broker))
        {
            if (order.Now.CancelAsked)
            {
                Close(order, OrderStatus.Canceled, null, null);
                continue;
            }

            Set(order, order.Now with
            {
                BrokerOrderId = null,
                Status = order.Now.Status == OrderStatus.New ? OrderStatus.Accepted : order.Now.Status,
            });
            _pending.Decisions.Add(new RoutingDecision("return", order.Symbol, order.Id, broker.Id, null, order.Remaining, null, reason));
        }
    }

    /// <summary>Orders that a broker order still carries, oldest first.</summary>
    private static Order[] Carried(BrokerOrder broker) =>
        [.. broker.Orders.Where(order => order.IsOpen && order.Now.BrokerOrderId == broker.Id)];
}
