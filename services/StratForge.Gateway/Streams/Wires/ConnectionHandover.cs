using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace StratForge.Gateway.Streams.Wires;

/// <summary>Lets the last request of a connection hand it over to what goes on there after it.</summary>
/// <remarks>For as long as a request lasts the web server keeps all that requests need, some 15 KB a connection, and a stream lasts for hours. What is handed
/// over is the transport alone. The server goes on counting it among its connections, and on its way out waits for it like for any other.</remarks>
internal sealed class ConnectionHandover : IDuplexPipe, IConnectionHeartbeatFeature
{
    private readonly IDuplexPipe _transport;
    private volatile (Action<object> Action, object State)[] _heartbeats = [];
    private Func<ConnectionContext, Task>? _successor;

    private ConnectionHandover(ConnectionContext connection)
    {
        _transport = connection.Transport;
        Input = new KeptReader(this, _transport.Input);
        Output = new KeptWriter(this, _transport.Output);
        // The server never forgets whom it told to call at every heartbeat, and through that all the rest; so it is told of this alone.
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static handover => ((ConnectionHandover)handover).Beat(), this);
        connection.Features.Set<IConnectionHeartbeatFeature>(this);
        connection.Features.Set(this);
        connection.Transport = this;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Makes handing over possible, for all connections that are accepted; belongs before everything else that connections pass through.</summary>
    public static ConnectionDelegate Around(ConnectionDelegate next) =>
        async connection =>
        {
            var handover = new ConnectionHandover(connection);
            try
            {
                await next(connection);
            }
            finally
            {
                if (handover.Succeed() is { } successor)
                {
                    connection.Transport = handover._transport;
                    await successor(connection);
                }
            }
        };

    /// <summary>Says who takes the connection when the request at hand, which has upgraded it, is over. What the client sent meanwhile waits in the
    /// transport; the connection ends with the successor's task.</summary>
    public void To(Func<ConnectionContext, Task> successor) => _successor = successor;

    // Called by whoever speaks on the connection, one after the other.
    public void OnHeartbeat(Action<object> action, object state) => _heartbeats = [.. _heartbeats, (action, state)];

    private Func<ConnectionContext, Task>? Succeed()
    {
        _heartbeats = [];
        return _successor;
    }

    private void Beat()
    {
        foreach (var (action, state) in _heartbeats)
        {
            action(state);
        }
    }

    // The server completes both ends with its last request; for the successor they stay open.
    private sealed class KeptReader(ConnectionHandover handover, PipeReader reader) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            if (handover._successor is null)
            {
                reader.Complete(exception);
            }
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);
    }

    private sealed class KeptWriter(ConnectionHandover handover, PipeWriter writer) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => writer.CanGetUnflushedBytes;

        public override long UnflushedBytes => writer.UnflushedBytes;

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            if (handover._successor is null)
            {
                writer.Complete(exception);
            }
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => writer.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            writer.WriteAsync(source, cancellationToken);
    }
}
