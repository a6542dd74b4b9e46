using System.Net;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Orders;

/// <summary>Answers to a cancel.</summary>
internal abstract record CancelOutcome
{
    private CancelOutcome()
    {
    }

    /// <summary>Canceled, or the broker was asked to; the order's event tells its end.</summary>
    public sealed record Asked : CancelOutcome;

    /// <summary>The user has no such order.</summary>
    public sealed record Unknown : CancelOutcome;

    /// <summary>Too late.</summary>
    public sealed record Over(string Status) : CancelOutcome;

    /// <summary>It went to the broker together with others' orders.</summary>
    public sealed record Shared : CancelOutcome;

    /// <summary>It is on its way to the broker this moment.</summary>
    public sealed record OnItsWay : CancelOutcome;
}

/// <summary>Takes orders back.</summary>
internal sealed class OrderCancels(OrderStore orders, IBroker broker, UserEvents events, TimeProvider clock)
{
    /// <exception cref="AlpacaException">The broker does not answer.</exception>
    public async Task<CancelOutcome> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await orders.CancelWaitingAsync(userId, id, clock.Now(), cancellationToken) is { } message)
        {
            events.Publish([(userId, message)]);
            return new CancelOutcome.Asked();
        }

        switch (await orders.FindCancelStateAsync(userId, id, cancellationToken))
        {
            case null:
                return new CancelOutcome.Unknown();
            case { Status: not ("accepted" or "new" or "partially_filled") and var status }:
                return new CancelOutcome.Over(status);
            case { Shared: true }:
                // Market orders travel together for the moment until they fill; the broker knows them as one.
                return new CancelOutcome.Shared();
            case { BrokerOrderId: { } brokerOrderId }:
                return await AskBrokerAsync(brokerOrderId, cancellationToken);
            default:
                return new CancelOutcome.OnItsWay();
        }
    }

    private async Task<CancelOutcome> AskBrokerAsync(Guid brokerOrderId, CancellationToken cancellationToken)
    {
        if (await broker.FindAsync(brokerOrderId, cancellationToken) is not { } order)
        {
            return new CancelOutcome.OnItsWay();
        }

        try
        {
            await broker.CancelAsync(order.Id, cancellationToken);
            return new CancelOutcome.Asked();
        }
        catch (AlpacaException exception) when (exception.Error is { Status: HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotFound })
        {
            return new CancelOutcome.Over(order.IsOver ? order.Status : "filled");
        }
    }
}
