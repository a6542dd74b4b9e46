namespace StratForge.SimulatedExchange.Faults;

/// <summary>A fault and how far it has come.</summary>
/// <param name="Id">Identity in this run.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Occasions">How often it could have struck.</param>
/// <param name="Hits">How often it has.</param>
internal sealed record PlannedFault(Guid Id, Fault Fault, long Occasions, long Hits)
{
    /// <summary>How often it will still strike; null when without end.</summary>
    public long? Left => Fault.Times == 0 ? null : Fault.Times - Hits;
}

/// <summary>Everything that is to go wrong. In memory only: a restart forgets it.</summary>
/// <remarks>
/// At each occasion the faults are asked in the order in which they were planned, and the first that strikes is the only one; those after it do not count
/// the occasion. So the same occasions in the same order meet the same faults.
/// </remarks>
internal sealed partial class FaultPlan(TimeProvider time, ILogger<FaultPlan> logger)
{
    /// <summary>Faults that can be planned at once, those that are over included until they are deleted.</summary>
    public const int Capacity = 100;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    // Targets with a fault that is not over: what nobody plans costs one read.
    private volatile FaultTarget _awaited;

    /// <summary>The faults in the order in which they were planned.</summary>
    public IReadOnlyList<PlannedFault> All
    {
        get
        {
            lock (_gate)
            {
                return _entries.ConvertAll(entry => entry.Seen);
            }
        }
    }

    /// <summary>Plans a fault.</summary>
    /// <returns>The fault with its id, or null when the plan is full.</returns>
    /// <exception cref="ArgumentException">The fault has a <see cref="Fault.Flaw"/>.</exception>
    public PlannedFault? Add(Fault fault)
    {
        if (fault.Flaw() is { } flaw)
        {
            throw new ArgumentException(flaw, nameof(fault));
        }

        lock (_gate)
        {
            if (_entries.Count == Capacity)
            {
                return null;
            }

            var entry = new Entry(Guid.CreateVersion7(time.GetUtcNow()), fault);
            _entries.Add(entry);
            Recount();
            LogPlanned(entry.Id, FaultWords.Of(fault.Kind), FaultWords.Of(fault.On), fault.Times);
            return entry.Seen;
        }
    }

    public PlannedFault? Find(Guid id)
    {
        lock (_gate)
        {
            return _entries.Find(entry => entry.Id == id)?.Seen;
        }
    }

    /// <returns>False when there is no such fault.</returns>
    public bool Remove(Guid id)
    {
        lock (_gate)
        {
            var removed = _entries.RemoveAll(entry => entry.Id == id) > 0;
            Recount();
            return removed;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            Recount();
        }
    }

    /// <summary>Whether any fault could strike at one of these targets.</summary>
    public bool Awaits(FaultTarget targets) => _awaited.HasAny(targets);

    /// <summary>One occasion: the fault that strikes at it, if one does.</summary>
    /// <param name="targets">Every target the occasion belongs to.</param>
    /// <param name="symbol">Of an event or a fill.</param>
    /// <param name="eventName">Of an event.</param>
    public Fault? Strike(FaultTarget targets, string? symbol = null, string? eventName = null)
    {
        if (!Awaits(targets))
        {
            return null;
        }

        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                if (entry.Concerns(targets, symbol, eventName) && entry.Strikes())
                {
                    Recount();
                    LogStruck(entry.Id, FaultWords.Of(entry.Fault.Kind), FaultWords.Of(entry.Fault.On), symbol ?? eventName ?? "");
                    return entry.Fault;
                }
            }
        }

        return null;
    }

    private void Recount()
    {
        var awaited = FaultTarget.None;
        foreach (var entry in _entries)
        {
            awaited |= entry.IsOver ? FaultTarget.None : entry.Fault.On;
        }

        _awaited = awaited;
    }

    private sealed class Entry(Guid id, Fault fault)
    {
        private readonly Random _random = new(unchecked((int)(fault.Seed ^ (fault.Seed >> 32))));
        private long _occasions;
        private long _hits;

        public Guid Id => id;

        public Fault Fault => fault;

        public bool IsOver => fault.Times > 0 && _hits == fault.Times;

        public PlannedFault Seen => new(id, fault, _occasions, _hits);

        public bool Concerns(FaultTarget targets, string? symbol, string? eventName) =>
            !IsOver && targets.HasAny(fault.On)
            && (fault.Symbol is null || fault.Symbol == symbol)
            && (fault.Event is null || fault.Event == eventName);

        public bool Strikes()
        {
            _occasions++;
            if (_occasions <= fault.Skip || (fault.Probability < 1 && _random.NextDouble() >= fault.Probability))
            {
                return false;
            }

            _hits++;
            return true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Fault {FaultId} is planned: {Kind} on {Target}, {Times} times (0 is without end)")]
    private partial void LogPlanned(Guid faultId, string kind, string target, int times);

    [LoggerMessage(LogLevel.Information, "Fault {FaultId} struck: {Kind} on {Target} {Subject}")]
    private partial void LogStruck(Guid faultId, string kind, string target, string subject);
}
