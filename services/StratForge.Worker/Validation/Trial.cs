using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Orders;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Replays;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Validation;

/// <summary>Feeds a strategy bars as a session would: history first, then bar by bar or in chunks, what became of its orders before the bar
/// after them.</summary>
/// <param name="host">The strategy in its cage.</param>
/// <param name="symbol">The symbol of the trial.</param>
/// <param name="cash">With how much it begins, USD.</param>
internal sealed class Trial(AskedHost host, string symbol, decimal cash)
{
    // A strategy that says more than this at one bar after the other, or of its own orders, would go on for ever.
    private const int MostEvents = 50_000;

    // Enough to tell two signals apart at a glance; what is longer is told apart by its hash.
    private const int LongestText = 256;

    private readonly TrialAccount _account = new(symbol, cash);
    private readonly List<TrialSignal> _signals = [];
    private long _events;
    private decimal _price;

    /// <summary>Signals in their order.</summary>
    public IReadOnlyList<TrialSignal> Signals => _signals;

    /// <summary>Orders that were filled.</summary>
    public int Fills => _account.Fills;

    /// <summary>Signals that money or units did not suffice for.</summary>
    public int Refused => _account.Refused;

    /// <summary>Runs it.</summary>
    /// <param name="warm">History for its indicators.</param>
    /// <param name="bars">The bars, numbered from 1.</param>
    /// <param name="chunk">Bars that the host may see at once, at most.</param>
    /// <param name="progress">Told how many bars are done.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="HostFailedException">The strategy failed; says why.</exception>
    public async Task RunAsync(
        IReadOnlyList<BarValues> warm, IReadOnlyList<BarValues> bars, int chunk, Action<int> progress, CancellationToken cancellationToken)
    {
        foreach (var part in warm.Chunk(HostProtocol.MaxBarsPerFrame))
        {
            await host.HandAsync(HostFrame.Warm(part), "warm", cancellationToken);
        }

        for (var next = 0; next < bars.Count;)
        {
            await TellAsync(_account.Fill(bars[next]), next, cancellationToken);
            var count = _account.HasOpenOrders ? 1 : Math.Min(chunk, bars.Count - next);
            var single = count == 1 && chunk == 1;
            var done = single
                ? await host.HandAsync(HostFrame.Bar(next + 1, bars[next]), "bar", cancellationToken)
                : await host.HandAsync(HostFrame.Bars(next + 1, [.. bars.Skip(next).Take(count)]), "bars", cancellationToken);
            if (done.Seq <= next || done.Seq > next + count)
            {
                throw new HostFailedException(new HostFailure(
                    HostFailure.ProtocolError, $"The strategy's process broke the protocol: it answered bar {done.Seq} of {next + 1} to {next + count}."));
            }

            next = (int)done.Seq;
            _price = (decimal)bars[next - 1].Close;
            await TakeAsync(done, next - 1, "bar", cancellationToken);
            progress(next);
        }

        await host.HandAsync(HostFrame.Stop("platform"), "stop", cancellationToken);
    }

    private async Task TakeAsync(DoneFrame done, int bar, string cause, CancellationToken cancellationToken)
    {
        var news = new List<(OrderEvent, long)>();
        if (done.CancelAll || done.Cancels is { Count: > 0 })
        {
            news.AddRange(_account.Cancel(done.CancelAll ? null : [.. done.Cancels!]));
        }

        if (done.Signals is { Count: > HostProtocol.MaxSignalsPerEvent and var count })
        {
            throw new HostFailedException(new HostFailure(
                HostFailure.SignalLimit, $"The strategy emitted {count} signals at one event; {HostProtocol.MaxSignalsPerEvent} are allowed."));
        }

        foreach (var signal in done.Signals ?? [])
        {
            if (_signals.Count == MostEvents)
            {
                throw new HostFailedException(new HostFailure(
                    HostFailure.SignalLimit, $"The strategy emitted more than {MostEvents} signals in {bar + 1} bars."));
            }

            _signals.Add(new TrialSignal(bar, cause, Describe(signal)));
            try
            {
                if (_account.Place(signal, _signals.Count, _price) is { } placed)
                {
                    news.Add(placed);
                }
            }
            catch (FormatException exception)
            {
                throw new HostFailedException(new HostFailure("BAD_SIGNAL", $"A signal at bar {bar + 1} is none: {exception.Message}."));
            }
        }

        await TellAsync(news, bar, cancellationToken);
    }

    private async Task TellAsync(IReadOnlyList<(OrderEvent News, long Ticket)> news, int bar, CancellationToken cancellationToken)
    {
        foreach (var (order, ticket) in news)
        {
            if (++_events > MostEvents)
            {
                throw new HostFailedException(new HostFailure(HostFailure.SignalLimit, "The strategy answers its own orders with orders, without end."));
            }

            var done = await host.HandAsync(HostFrame.Update(new TapeEntry(_events, bar, order, traceparent: null, isTaped: true), ticket), "update", cancellationToken);
            await TakeAsync(done, bar, "order", cancellationToken);
        }
    }

    private static string Describe(SignalFrame signal)
    {
        var text = TextOf(signal);
        return text.Length <= LongestText
            ? text
            : $"{text.AsSpan(0, LongestText)} {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())))}";
    }

    private static string TextOf(SignalFrame signal) => string.Create(
        CultureInfo.InvariantCulture,
        $"{signal.Action} {signal.Quantity} {signal.Symbol} {signal.OrderType ?? "market"} limit={signal.LimitPrice} stop={signal.StopPrice} trail={signal.TrailPrice}{signal.TrailPercent} exits={signal.TakeProfit}/{signal.StopLoss} tif={signal.TimeInForce} confidence={signal.Confidence} record={signal.RecordOnly} {signal.Metadata?.GetRawText()}");
}

/// <summary>A signal of a trial.</summary>
/// <param name="Bar">Place of the bar before which, or at which, it came; from 0.</param>
/// <param name="Cause"><c>bar</c> or <c>order</c>.</param>
/// <param name="Text">All that it says; of what is long the beginning, and a hash of all.</param>
internal readonly record struct TrialSignal(int Bar, string Cause, string Text)
{
    /// <summary>Its beginning, for a sentence.</summary>
    public string Short => string.Join(' ', Text.Split(' ').Take(2));
}
