namespace StratForge.Gateway.Streams.Delivery;

/// <summary>What one loop knows of one user's events while that user has clients there. On the loop only.</summary>
internal sealed class UserFeed(Guid userId)
{
    private const int Most = 256;

    private readonly List<EventFrame> _recent = [];

    public Guid UserId => userId;

    /// <summary>Number of the newest event known to be stored.</summary>
    public long Head { get; private set; }

    public List<StreamClient> Clients { get; } = [];

    /// <summary>Clients that are about to join.</summary>
    public int Expected { get; set; }

    /// <summary>Whether it holds events for clients that are behind.</summary>
    public bool HoldsAny => _recent.Count > 0;

    /// <summary>Takes in an event from the bus.</summary>
    /// <returns>Whether it is news.</returns>
    public bool Take(long id, EventKinds kind, ReadOnlySpan<byte> userEvent)
    {
        if (id <= Head)
        {
            return false;
        }

        // Behind a gap it is all the same news: it is stored, and so is everything before it. Clients read what lies between.
        if (id != Head + 1 || _recent.Count == Most || Clients.Count == 0)
        {
            _recent.Clear();
        }

        Head = id;
        if (Clients.Count > 0)
        {
            _recent.Add(EventFrame.Of(id, kind, userEvent));
        }

        return true;
    }

    /// <summary>Takes in that there are events up to a number.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Reach(long tail)
    {
        if (tail <= Head)
        {
            return false;
        }

        _recent.Clear();
        Head = tail;
        return true;
    }

    /// <summary>Takes in that nothing is stored after a number.</summary>
    public void Retreat(long tail)
    {
        if (tail < Head)
        {
            _recent.Clear();
            Head = tail;
        }
    }

    /// <summary>The event after a number, if it is held.</summary>
    public EventFrame? Next(long after)
    {
        var at = _recent.Count - (Head - after);
        return at >= 0 && at < _recent.Count ? _recent[(int)at] : null;
    }

    /// <summary>Lets go of what every client has.</summary>
    public void Trim()
    {
        foreach (var client in Clients)
        {
            if (client.Cursor < Head)
            {
                return;
            }
        }

        _recent.Clear();
    }
}
