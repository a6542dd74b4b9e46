using System.Threading.Channels;

namespace StratForge.Gateway.Broker;

/// <summary>Broker orders that somebody has to compare with the venue soon.</summary>
internal sealed class VenueLooks
{
    // A look that is asked for while this is full is made by the next round anyway.
    private const int Waiting = 4_096;

    private readonly Channel<Guid> _looks = Channel.CreateBounded<Guid>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<Guid> All => _looks.Reader;

    public void AskFor(Guid brokerOrderId) => _looks.Writer.TryWrite(brokerOrderId);
}
