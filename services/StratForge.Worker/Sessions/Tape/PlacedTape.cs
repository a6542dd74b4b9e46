using System.Diagnostics.CodeAnalysis;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>Order events, trades and quotes of one session in the order in which they are told: those on tape, read page by page, and behind them what
/// comes while it runs.</summary>
/// <remarks>Order events as well as trades and quotes lie on tape in the order of their numbers, which is the one in which they were told. So neither is
/// ever held whole: a session that follows a busy market has millions.</remarks>
/// <param name="store">The tape.</param>
/// <param name="sessionId">The session.</param>
/// <param name="throughEvent">Number of the last order event that is read.</param>
/// <param name="throughTick">Number of the last trade or quote that is read.</param>
internal sealed class PlacedTape(TapeStore store, Guid sessionId, long throughEvent, long throughTick)
{
    /// <summary>Order events read at once.</summary>
    public const int EventsPerPage = 500;

    /// <summary>Trades and quotes read at once; with them those that came together with the last.</summary>
    public const int TicksPerPage = 1_000;

    private readonly Queue<TapeEntry> _events = new();
    private readonly Queue<TickEntry> _ticks = new();
    private readonly Queue<PlacedEntry> _coming = new();
    private long _readEvent;
    private long _readTick;
    private PlacedEntry? _lastEvent;
    private PlacedEntry? _lastTick;

    /// <summary>Whether what comes next may be on a page that is not read yet: <see cref="TryPeek"/> does not know it then.</summary>
    public bool HasUnread => LacksEvents || LacksTicks;

    /// <summary>How many are still to be taken out; of order events on pages that are not read yet nobody knows.</summary>
    public long Count => _events.Count + _ticks.Count + (throughTick - _readTick) + _coming.Count;

    private bool LacksEvents => _events.Count == 0 && _readEvent < throughEvent;

    private bool LacksTicks => _ticks.Count == 0 && _readTick < throughTick;

    /// <summary>Reads what is lacking. Nothing is taken out meanwhile.</summary>
    /// <returns>To be handed to <see cref="Take"/>.</returns>
    /// <exception cref="InvalidDataException">The tape has a gap, or is not in order.</exception>
    public async Task<TapePage> ReadAsync(CancellationToken cancellationToken)
    {
        var events = LacksEvents ? await store.ReadEventsAsync(sessionId, _readEvent, throughEvent, EventsPerPage, cancellationToken) : null;
        var ticks = LacksTicks ? await store.ReadTicksAsync(sessionId, _readTick, TicksPerPage, throughTick, cancellationToken) : null;
        CheckOrder(_lastEvent, events ?? []);
        CheckOrder(_lastTick, ticks ?? []);
        for (var i = 0; i < ticks?.Count; i++)
        {
            CheckNumber(_readTick + 1 + i, ticks[i].Number);
        }

        if (ticks is [])
        {
            CheckNumber(_readTick + 1, found: null);
        }

        return new TapePage(events, ticks);
    }

    /// <summary>Takes a page that was read.</summary>
    public void Take(TapePage page)
    {
        if (page.Events is { } events)
        {
            foreach (var entry in events)
            {
                _events.Enqueue(entry);
            }

            _lastEvent = events is [.., var last] ? last : _lastEvent;
            _readEvent = events.Count < EventsPerPage ? throughEvent : events[^1].EventId;
        }

        if (page.Ticks is { } ticks)
        {
            foreach (var entry in ticks)
            {
                _ticks.Enqueue(entry);
            }

            _lastTick = ticks[^1];
            _readTick = ticks[^1].Number;
        }
    }

    /// <summary>Another one has come, which has its place behind all that there are.</summary>
    public void Enqueue(PlacedEntry entry) => _coming.Enqueue(entry);

    /// <summary>What comes next, if there is anything.</summary>
    public bool TryPeek([NotNullWhen(true)] out PlacedEntry? next)
    {
        _events.TryPeek(out var order);
        _ticks.TryPeek(out var tick);
        next = order is null || (tick is not null && PlacedEntry.Compare(tick, order) < 0) ? tick : order;
        return next is not null || _coming.TryPeek(out next);
    }

    /// <summary>Takes out what comes next.</summary>
    public void Dequeue()
    {
        TryPeek(out var next);
        if (_events.TryPeek(out var order) && order == next)
        {
            _events.Dequeue();
        }
        else if (_ticks.TryPeek(out var tick) && tick == next)
        {
            _ticks.Dequeue();
        }
        else
        {
            _coming.Dequeue();
        }
    }

    private static void CheckOrder(PlacedEntry? before, IReadOnlyList<PlacedEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (before is not null && PlacedEntry.Compare(before, entry) >= 0)
            {
                throw new InvalidDataException($"Something is on tape behind bar {entry.AfterSeq} that has its number after what is behind bar {before.AfterSeq}.");
            }

            before = entry;
        }
    }

    private static void CheckNumber(long expected, long? found)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"Trade or quote {expected} is not on tape.");
        }
    }
}

/// <summary>A part of a tape.</summary>
/// <param name="Events">Order events; null when there was no need of any.</param>
/// <param name="Ticks">Trades and quotes; null when there was no need of any.</param>
internal sealed record TapePage(IReadOnlyList<TapeEntry>? Events, IReadOnlyList<TickEntry>? Ticks);
