using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Broker;

/// <summary>Finds what was missed: compares our open orders with the venue's, sends what never arrived, reads executions that no
/// event told of, and calls back again what is wanted back.</summary>
internal sealed partial class BrokerRecovery(
    IBroker broker, BooksAccount account, OpenBrokerOrders orders, BookKeeper books, Submissions submissions, TimeProvider clock,
    ILogger<BrokerRecovery> logger)
{
    // A replica that took an order in sends it within milliseconds; after this long nobody will.
    private static readonly TimeSpan UnsentAfter = TimeSpan.FromSeconds(3);

    /// <summary>Compares every open order with the venue.</summary>
    /// <exception cref="AlpacaException">The venue does not answer; the next round tries again.</exception>
    /// <exception cref="ForeignAccountException">The account is not that of the books.</exception>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        await account.ConfirmAsync(cancellationToken);
        var open = await orders.ListAsync(cancellationToken);
        var atVenue = new Dictionary<string, AlpacaOrder>(StringComparer.OrdinalIgnoreCase);
        foreach (var order in await broker.ListOpenAsync(cancellationToken))
        {
            atVenue[order.ClientOrderId] = order;
        }

        foreach (var ours in open.Where(ours => !submissions.IsInFlight(ours.Order.Id)))
        {
            try
            {
                if (atVenue.TryGetValue(ours.Order.Id.ToString(), out var theirs))
                {
                    await AdoptAsync(ours, theirs, cancellationToken);
                }
                else
                {
                    await LookAsync(ours, cancellationToken);
                }
            }
            catch (AlpacaException exception) when (!exception.IsTransient)
            {
                // The others may be fine.
                LogNotCompared(ours.Order.Id, ours.Order.Symbol, exception.Message);
            }
        }

        var known = open.Select(ours => ours.Order.Id.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var stray in atVenue.Values.Where(theirs => !known.Contains(theirs.ClientOrderId)))
        {
            await RecallStrayAsync(stray, cancellationToken);
        }
    }

    // A gateway that does not know yet that another leads may have sent an order that the other one has given up since: nobody waits for it
    // any more. What it has filled by then the books can't take; the reconciliation shows it.
    private async Task RecallStrayAsync(AlpacaOrder order, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(order.ClientOrderId, out var id)
            && await orders.FindAsync(id, cancellationToken) is { IsOpen: false }
            && await broker.FindAsync(id, cancellationToken) is { IsOver: false } stray)
        {
            LogStray(id, stray.Symbol, stray.FilledQty);
            try
            {
                await broker.CancelAsync(stray.Id, cancellationToken);
            }
            catch (AlpacaException exception) when (!exception.IsTransient)
            {
                // Over this very moment; else the next round calls it back.
                LogNotCompared(id, stray.Symbol, exception.Message);
            }
        }
    }

    /// <summary>Compares one order with the venue.</summary>
    public async Task LookAsync(Guid brokerOrderId, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(brokerOrderId, cancellationToken) is { } ours)
        {
            await LookAsync(ours, cancellationToken);
        }
    }

    /// <summary>Sends what nobody sent, and lets what waits in the house move on.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await books.DoAsync(new MoveOn(), cancellationToken);
        foreach (var unsent in await orders.ListUnsentAsync(clock.Now() - UnsentAfter, cancellationToken))
        {
            if (!submissions.IsInFlight(unsent.Order.Id))
            {
                await LookAsync(unsent, cancellationToken);
            }
        }
    }

    private async Task LookAsync(OpenBrokerOrder ours, CancellationToken cancellationToken)
    {
        await account.ConfirmAsync(cancellationToken);
        if (await broker.FindAsync(ours.Order.Id, cancellationToken) is { } theirs)
        {
            await AdoptAsync(ours, theirs, cancellationToken);
        }
        else if (ours.Filled == 0)
        {
            await SendAgainAsync(ours.Order, cancellationToken);
        }
        else
        {
            // It was there once: a paper account that was reset, an exchange whose state was wiped. It can't fill any more.
            LogForgotten(ours.Order.Id, ours.Order.Symbol);
            await books.ReportAsync(
                new VenueReport.Ended(ours.Order.Id, null, "canceled", ours.Filled, "The venue no longer knows the order."), cancellationToken);
        }
    }

    // What was read a moment ago may be over by now, and an order that its sender has given up must not reach the venue after all. The
    // first question is answered once everything that was committed before is being sent, the second once the outcome of what was sent
    // before has been booked.
    private async Task SendAgainAsync(BrokerOrderFacts order, CancellationToken cancellationToken)
    {
        if (!IsUnfilled(await books.AskAsync(new Standing(order.Id), cancellationToken)) || submissions.IsInFlight(order.Id))
        {
            return;
        }

        var standing = await books.AskAsync(new Standing(order.Id), cancellationToken);
        if (!IsUnfilled(standing))
        {
            return;
        }

        if (standing!.IsRecalled)
        {
            // Nobody wants it any more, and the venue never had it.
            await books.ReportAsync(Standing.NeverSent(order.Id), cancellationToken);
            return;
        }

        LogSentAgain(order.Id, order.Symbol);
        submissions.Submit([order]);
    }

    private static bool IsUnfilled(BrokerOrderProgress? standing) => standing is { Filled: 0 } && OrderStatus.IsOpen(standing.Status);

    private async Task AdoptAsync(OpenBrokerOrder ours, AlpacaOrder theirs, CancellationToken cancellationToken)
    {
        var id = ours.Order.Id;
        if (!ours.Sent)
        {
            await books.ReportAsync(new VenueReport.Acknowledged(id, theirs.Id), cancellationToken);
        }

        if (theirs.FilledQty > ours.Filled)
        {
            await AddMissingAsync(ours, theirs, cancellationToken);
        }

        if (VenueReports.EndOf(id, theirs) is { } end)
        {
            await books.ReportAsync(end, cancellationToken);
        }
        else if (ours.Recalled && !theirs.IsOver)
        {
            await broker.CancelAsync(theirs.Id, cancellationToken);
        }
    }

    private async Task AddMissingAsync(OpenBrokerOrder ours, AlpacaOrder theirs, CancellationToken cancellationToken)
    {
        var booked = (await orders.ListExecutionsAsync(ours.Order.Id, cancellationToken)).ToHashSet();
        var history = new List<VenueReport.Executed>();
        await foreach (var activity in broker.ListFillsAsync(theirs.Id, cancellationToken))
        {
            if (VenueReports.Of(ours.Order.Id, activity, theirs.FilledQty) is { } execution)
            {
                history.Add(execution);
            }
        }

        // Where stream and history name executions differently none of the booked ones shows up here: then the count decides,
        // for what was booked is the beginning of what happened.
        var sameNames = booked.Count == 0 || history.Any(execution => booked.Contains(execution.ExecutionId));
        var counted = 0m;
        var added = 0;
        foreach (var execution in history)
        {
            counted += execution.Quantity;
            if (sameNames ? !booked.Contains(execution.ExecutionId) : counted > ours.Filled)
            {
                await books.ReportAsync(execution, cancellationToken);
                added++;
            }
        }

        LogMissed(ours.Order.Id, ours.Order.Symbol, added);
    }

    [LoggerMessage(LogLevel.Warning, "The venue does not know broker order {OrderId} in {Symbol}; it is sent again")]
    private partial void LogSentAgain(Guid orderId, string symbol);

    [LoggerMessage(LogLevel.Error, "The venue no longer knows broker order {OrderId} in {Symbol}, of which it had filled a part")]
    private partial void LogForgotten(Guid orderId, string symbol);

    [LoggerMessage(LogLevel.Error, "Broker order {OrderId} in {Symbol} is open at the venue and over in the books, with {Filled} units filled there; it is called back")]
    private partial void LogStray(Guid orderId, string symbol, decimal filled);

    [LoggerMessage(LogLevel.Error, "Broker order {OrderId} in {Symbol} can't be compared with the venue: {Reason}")]
    private partial void LogNotCompared(Guid orderId, string symbol, string reason);

    [LoggerMessage(LogLevel.Warning, "Broker order {OrderId} in {Symbol}: {Count} executions were missed and are booked now")]
    private partial void LogMissed(Guid orderId, string symbol, int count);
}
