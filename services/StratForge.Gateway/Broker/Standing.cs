using StratForge.Gateway.Bookkeeping;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Broker;

/// <summary>How far a broker order has come by the books, once everything that was handed to them before is booked; null when it is not known there.</summary>
/// <param name="id">Our id of it.</param>
internal sealed class Standing(Guid id) : BookQuestion<BrokerOrderProgress?>
{
    /// <summary>The end of an order that was called back before the venue had it.</summary>
    public static VenueReport NeverSent(Guid id) => new VenueReport.Ended(id, null, "canceled", 0, null);

    protected override BrokerOrderProgress? Decide(BookWork work) => work.House.FindBrokerOrder(id)?.Now;
}
