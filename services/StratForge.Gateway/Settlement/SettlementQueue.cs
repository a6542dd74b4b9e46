using System.Threading.Channels;

namespace StratForge.Gateway.Settlement;

/// <summary>What the venue said and nobody has booked yet. Reports are never dropped: who brings one waits when this is full.</summary>
internal sealed class SettlementQueue
{
    private const int Capacity = 16_384;

    // A look that is asked for while this is full is made by the next round anyway.
    private const int WaitingLooks = 4_096;

    private readonly Channel<VenueReport> _reports = Channel.CreateBounded<VenueReport>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly Channel<Guid> _looks = Channel.CreateBounded<Guid>(
        new BoundedChannelOptions(WaitingLooks) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<VenueReport> Reports => _reports.Reader;

    /// <summary>Broker orders of which something is missing here that the venue has.</summary>
    public ChannelReader<Guid> Looks => _looks.Reader;

    public ValueTask AddAsync(VenueReport report, CancellationToken cancellationToken) =>
        _reports.Writer.WriteAsync(report, cancellationToken);

    /// <summary>Asks that a broker order is compared with the venue soon.</summary>
    public void AskForLook(Guid brokerOrderId) => _looks.Writer.TryWrite(brokerOrderId);
}
