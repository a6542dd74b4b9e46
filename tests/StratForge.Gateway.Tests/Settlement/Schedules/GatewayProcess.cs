using System.Collections.Concurrent;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>One gateway process of a schedule: its order side, its lines and its clock. It dies at once and without a word.</summary>
internal sealed class GatewayProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Guid, string> _sent;
    private readonly ConcurrentDictionary<Guid, int> _recalled = new();
    private readonly ManualClock _time;
    private readonly ProcessClock _clock;
    private readonly DatabaseLine _database;
    private OrderHouse? _house;

    private GatewayProcess(FreshDatabase database, ManualClock time, VenueLine venue, ConcurrentDictionary<Guid, string> sent)
    {
        (_time, Venue, _sent) = (time, venue, sent);
        _clock = new ProcessClock(time);
        _database = new DatabaseLine(database.ConnectionString);
        venue.Dies = Die;
    }

    public VenueLine Venue { get; }

    public OrderHouse House => _house!;

    /// <summary>Done once it is dead.</summary>
    public Task Death => _dead.Task;

    public bool IsDead => _dead.Task.IsCompleted;

    /// <param name="database">The database it works on.</param>
    /// <param name="redis">The bus.</param>
    /// <param name="venue">The venue.</param>
    /// <param name="line">Its line to the venue.</param>
    /// <param name="time">The schedule's time.</param>
    /// <param name="sent">Symbols of all broker orders of the schedule.</param>
    public static async Task<GatewayProcess> StartAsync(
        FreshDatabase database, FreshRedis redis, PaperVenue venue, VenueLine line, ManualClock time, ConcurrentDictionary<Guid, string> sent)
    {
        var process = new GatewayProcess(database, time, line, sent);
        process._house = await OrderHouse.OpenAsync(database, redis, venue, process._clock, line, process._database.ConnectionString);
        process.House.Books.Committed += process.Note;
        return process;
    }

    /// <summary>The next commit's line breaks; the process lives on.</summary>
    public void BreakLine(LineBreak next)
    {
        _database.Broken = null;
        _database.Arm(next);
    }

    /// <summary>The next commit is the last thing it does, or what it doesn't do any more.</summary>
    public void DieAt(LineBreak next)
    {
        _database.Broken = _ => Die();
        _database.Arm(next);
    }

    /// <summary>Dies.</summary>
    public void Die()
    {
        Venue.Cut();
        _database.Cut();
        _clock.Stop();
        _dead.TrySetResult();
    }

    /// <summary>Lets go of what a dead process leaves behind.</summary>
    public ValueTask BuryAsync() => House.KillAsync();

    /// <summary>Ends it in good order.</summary>
    public async Task StopAsync()
    {
        await House.DisposeAsync();
        Die();
    }

    /// <summary>Waits for something that it does; false when it died over it.</summary>
    public async Task<bool> TryAsync(Task work)
    {
        if (await Task.WhenAny(work, Death) == work)
        {
            await work;
            return true;
        }

        return false;
    }

    /// <summary>Waits until it has nothing more to do before time passes or somebody tells it something.</summary>
    public async Task SettleAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!IsDead)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "The gateway does not come to rest.");
            var wasQuiet = IsQuiet();
            if (!await TryAsync(House.SettleAsync()) || (wasQuiet && IsQuiet()))
            {
                return;
            }

            await Task.Yield();
        }
    }

    // Lanes send one order at a time: each busy one waits for time to pass before it tries again.
    private bool IsQuiet()
    {
        var submissions = House.Get<Submissions>();
        var busy = _sent.Where(sent => submissions.IsInFlight(sent.Key)).Select(sent => sent.Value).Distinct(StringComparer.Ordinal).Count();
        return busy == _time.TimersSet && _recalled.All(recalled => Venue.Canceled.GetValueOrDefault(recalled.Key) >= recalled.Value);
    }

    private void Note(Changes changes)
    {
        foreach (var order in changes.Sends)
        {
            _sent[order.Id] = order.Facts.Symbol;
        }

        foreach (var order in changes.Recalls)
        {
            if (order.Now.VenueOrderId is { } id)
            {
                _recalled.AddOrUpdate(id, 1, static (_, count) => count + 1);
            }
        }
    }
}
