using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Sessions;

/// <summary>What all sessions of a worker share.</summary>
internal sealed partial class SessionServices(
    EventLoop loop,
    SessionStore store,
    SymbolStore symbols,
    TapeStore tape,
    BarStore barStore,
    BarFeed bars,
    TickFeed ticks,
    UserEventFeed events,
    SessionJournal journal,
    SignalSender sender,
    CageState cage,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<SessionServices> logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(0.5);

    public EventLoop Loop { get; } = loop;

    public SessionStore Store { get; } = store;

    public SymbolStore Symbols { get; } = symbols;

    public TapeStore Tape { get; } = tape;

    public BarStore BarStore { get; } = barStore;

    public BarFeed Bars { get; } = bars;

    public TickFeed Ticks { get; } = ticks;

    public UserEventFeed Events { get; } = events;

    public SessionJournal Journal { get; } = journal;

    public SignalSender Sender { get; } = sender;

    public CageState Cage { get; } = cage;

    public HostLimits Limits { get; } = options.Value.Limits;

    /// <summary>How long a bar waits for those of other symbols that belong before it.</summary>
    public TimeSpan SymbolPatience { get; } = options.Value.SymbolPatience;

    /// <summary>How long a session waits for the history of a symbol that nobody traded before.</summary>
    public TimeSpan HistoryPatience { get; } = options.Value.HistoryPatience;

    public TimeProvider Clock { get; } = clock;

    /// <summary>Ends what is tried again and again when the worker goes down.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Events that hosts have handled, bars one by one. Written on the loop only.</summary>
    public long EventsHandled { get; set; }

    /// <summary>Longest that a bar waited for a host since this was last set to zero. On the loop only.</summary>
    public TimeSpan LongestBarLag { get; set; }

    /// <summary>Asks the database until it answers: a session that waits for it has nothing else to do.</summary>
    /// <exception cref="OperationCanceledException">The worker goes down.</exception>
    public async Task<T> PersistAsync<T>(Func<CancellationToken, Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask(Stopping);
            }
            catch (NpgsqlException exception)
            {
                LogRetry(exception.Message);
                await Task.Delay(Retry, Clock, Stopping);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database does not answer, trying again: {Reason}")]
    private partial void LogRetry(string reason);
}
