using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Books something that the venue said.</summary>
internal sealed class BookReport(VenueReport report, Action<VenueReport> foreign) : BookCommand
{
    public VenueReport Report => report;

    public override void Apply(BookWork work)
    {
        if (!work.House.Apply(report, work.Now))
        {
            foreign(report);
        }
        else if (work.House.FindBrokerOrder(report.BrokerOrderId) is { } broker)
        {
            work.Moved.Add(broker.Facts.Symbol);
        }
    }
}
