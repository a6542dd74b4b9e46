using System.Diagnostics;
using StratForge.Contracts.Hosting;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// What it is doing, and with which event.
internal sealed partial class Session
{
    private enum Phase
    {
        /// <summary>The host has not said <c>ready</c>.</summary>
        Starting,

        /// <summary>It has the code.</summary>
        Loading,

        /// <summary>It is loaded; the history for its indicators is being read.</summary>
        Preparing,

        /// <summary>Its indicators are fed history.</summary>
        Warming,

        /// <summary>The session's own row is being told that it runs.</summary>
        Marking,

        /// <summary>Ready for the next event.</summary>
        Idle,

        /// <summary>The host handles an event.</summary>
        AtWork,

        /// <summary>Its signals are on their way.</summary>
        AwaitingAnswers,

        /// <summary>The host is told what became of them.</summary>
        Telling,

        /// <summary>Its stop handler runs.</summary>
        Stopping,

        /// <summary>Over; waits for the process to be gone.</summary>
        Ending,
    }

    private enum EventOf
    {
        Bar,
        Bars,
        Update,
        Trade,
        Quote,
    }

    /// <summary>The event the host is handling.</summary>
    /// <param name="Of">What it is.</param>
    /// <param name="First">Its number, or that of a chunk's first bar.</param>
    /// <param name="Last">The same of the last.</param>
    /// <param name="Live">The bar as it came, if it is a single one.</param>
    private readonly record struct InHand(EventOf Of, long First, long Last, MarketBar? Live)
    {
        public IReadOnlyList<BarValues>? Chunk { get; init; }

        /// <summary>Which bars these are; null with one symbol.</summary>
        public IReadOnlyList<BarSource>? Sources { get; init; }

        public TapeEntry? Update { get; init; }

        public TickEntry? Tick { get; init; }

        /// <summary>What the host answered to the outcomes that came with the event; null when none did.</summary>
        public DoneFrame? ToldBefore { get; init; }

        /// <summary>What the host answered.</summary>
        public DoneFrame? Answer { get; init; }

        /// <summary>What the strategy is told of its signals; null while it emitted none.</summary>
        public TapedOutcomes? Outcomes { get; init; }

        /// <summary>What the host answered to that.</summary>
        public DoneFrame? Told { get; init; }

        public Activity? Activity { get; init; }
    }

    private static string NameOf(EventOf kind) => kind switch
    {
        EventOf.Bar => "bar",
        EventOf.Bars => "bars",
        EventOf.Trade => "trade",
        EventOf.Quote => "quote",
        _ => "update",
    };
}
