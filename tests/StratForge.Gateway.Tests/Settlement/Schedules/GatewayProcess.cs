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

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _wrongs;
    private readonly Complaints _complaints;
    private readonly ProcessClock _clock;
    private readonly DatabaseLine _database;
    private OrderHouse? _house;
    private LineBreak _break;
    private bool _dies;
    private int _recalls;

    private GatewayProcess(FreshDatabase database, ManualClock time, VenueLine venue, ConcurrentQueue<string> wrongs)
    {
        (Venue, _wrongs, _complaints) = (venue, wrongs, new Complaints(wrongs));
        _clock = new ProcessClock(time);
        _database = new DatabaseLine(database.ConnectionString) { BreakOf = BreakOf, Broken = OnBroken };
        venue.Dies = Die;
    }

    public VenueLine Venue { get; }

    public OrderHouse House => _house!;

    /// <summary>What the schedule has it do now: whatever is written meanwhile is written for that.</summary>
    public Deed Doing { get; set; }

    /// <summary>Where it is to die.</summary>
    public KillPoint? Plan { get; set; }

    /// <summary>Where it died by plan.</summary>
    public KillPoint? Fell { get; private set; }

    /// <summary>Line breaks that it survived.</summary>
    public List<LineBreak> Breaks { get; } = [];

    /// <summary>Done once it is dead.</summary>
    public Task Death => _dead.Task;

    public bool IsDead => _dead.Task.IsCompleted;

    /// <param name="database">The database it works on.</param>
    /// <param name="redis">The bus.</param>
    /// <param name="venue">The venue.</param>
    /// <param name="line">Its line to the venue.</param>
    /// <param name="time">The schedule's time.</param>
    /// <param name="wrongs">Takes what it does that must not be.</param>
    public static async Task<GatewayProcess> StartAsync(
        FreshDatabase database, FreshRedis redis, PaperVenue venue, VenueLine line, ManualClock time, ConcurrentQueue<string> wrongs)
    {
        var process = new GatewayProcess(database, time, line, wrongs);
        process._house = await OrderHouse.OpenAsync(
            database, redis, venue, process._clock, line.Submissions, line.Comparisons, process._database.ConnectionString, process._complaints);
        process.House.Books.Committed += process.Watch;
        return process;
    }

    /// <summary>The next commit's line breaks; the process lives on.</summary>
    public void BreakLine(LineBreak next)
    {
        lock (_gate)
        {
            _break = next;
        }
    }

    /// <summary>Whether it is to die at a request to the venue; then the plan is done.</summary>
    public bool DiesAt(Deed deed, out Moment moment)
    {
        lock (_gate)
        {
            moment = Plan?.Moment ?? default;
            if (Plan is not { } plan || plan.Deed != deed)
            {
                return false;
            }

            (Fell, Plan) = (plan, null);
            return true;
        }
    }

    /// <summary>Dies where it was to die: between two steps.</summary>
    public void DieAt(KillPoint point)
    {
        (Fell, Plan) = (point, null);
        Die();
    }

    /// <summary>Dies.</summary>
    public void Die()
    {
        // In this order: what fails because the lines are cut is seen by nobody any more.
        _complaints.IsOver = true;
        _clock.Stop();
        _dead.TrySetResult();
        Venue.Cut();
        _database.Cut();
    }

    /// <summary>Lets go of what a dead process leaves behind.</summary>
    public ValueTask BuryAsync() => House.KillAsync();

    /// <summary>Ends it in good order.</summary>
    public async Task StopAsync()
    {
        await House.DisposeAsync();
        Die();
    }

    /// <summary>Waits for something that it does; false when it died over it: then nobody hears how it ended.</summary>
    public async Task<bool> TryAsync(Task work)
    {
        try
        {
            await Task.WhenAny(work, Death).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The gateway does not answer: {this}");
        }

        if (IsDead)
        {
            return false;
        }

        await work;
        return true;
    }

    /// <summary>Holds its writer up until the plug is pulled; null when it died.</summary>
    public async Task<Plug?> HoldAsync()
    {
        var plug = new Plug();
        await House.Books.DoAsync(plug, CancellationToken.None);
        return await TryAsync(plug.Entered) ? plug : null;
    }

    /// <summary>Waits until it has nothing more to do before time passes, a request is let go or somebody tells it something; false when it died.</summary>
    public async Task<bool> RestAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!IsDead)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"The gateway does not come to rest: {this}");
            var wasStill = IsStill();
            if (!await TryAsync(House.SettleAsync()) || (wasStill && IsStill()))
            {
                break;
            }

            await Task.Yield();
        }

        return !IsDead;
    }

    public override string ToString() =>
        $"doing {Doing}, to die at {Plan}, busy in {string.Join(' ', House.Get<Submissions>().SymbolsInFlight)}, at the door {string.Join(' ', Venue.AtDoor.Select(request => $"{request.Deed} {request.Symbol}"))}, "
        + $"{Venue.UnderWay} requests under way, {_clock.Waiting} wait for time to pass, {Volatile.Read(ref _recalls)} recalls, {Venue.CancelsSeen} cancels seen";

    // Lanes send one order at a time: each busy one has come to the venue's door or waits for time to pass before it tries again.
    private bool IsStill() =>
        Venue.UnderWay == 0
        && House.Get<Submissions>().SymbolsInFlight.Count == Venue.SubmissionsAtDoor + _clock.Waiting
        && Volatile.Read(ref _recalls) == Venue.CancelsSeen;

    private LineBreak BreakOf()
    {
        lock (_gate)
        {
            if (Plan is { IsAtVenue: false, Moment: not Moment.Superseded } plan && plan.Deed == Doing)
            {
                (Fell, Plan, _dies) = (plan, null, true);
                return plan.Moment == Moment.Before ? LineBreak.BeforeCommit : LineBreak.AfterCommit;
            }

            var next = _break;
            _break = LineBreak.None;
            if (next != LineBreak.None)
            {
                Breaks.Add(next);
            }

            return next;
        }
    }

    private void OnBroken()
    {
        if (_dies)
        {
            Die();
        }
    }

    // At every commit, and not only where somebody looks.
    private void Watch(Changes changes)
    {
        Interlocked.Add(ref _recalls, changes.Recalls.Count(order => order.Now.VenueOrderId is not null));
        foreach (var account in changes.Touched<Account>().Where(account => account.Now is { Cash: < 0 } or { Reserved: < 0 } or { Margin: < 0 }))
        {
            _wrongs.Enqueue($"{account.UserId} has {account.Now}");
        }

        foreach (var position in changes.Touched<Position>().Where(position => position.Now is { Reserved: < 0 } or { Free: < 0 }))
        {
            _wrongs.Enqueue($"{position.Account.UserId} holds {position.Now} {position.Symbol}");
        }
    }
}
