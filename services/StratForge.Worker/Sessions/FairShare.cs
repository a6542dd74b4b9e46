namespace StratForge.Worker.Sessions;

/// <summary>How many sessions are one worker's part, and how many it may take or should hand over now.</summary>
/// <remarks>Every worker computes the same from the same rows: its part of all open sessions by its share of the capacity, rounded up. Nobody
/// holds more than that, so whoever comes new finds what the others hand over, and when one goes the others may take what it had.</remarks>
/// <param name="Sessions">Open sessions of the platform, whoever runs them.</param>
/// <param name="Capacity">What this worker can run.</param>
/// <param name="TotalCapacity">What all live workers can run, this one included; those that are leaving don't count.</param>
internal readonly record struct FairShare(long Sessions, int Capacity, long TotalCapacity)
{
    /// <summary>Most sessions that this worker should hold.</summary>
    public int Most => TotalCapacity <= 0
        ? Capacity
        : (int)Math.Min(Capacity, ((Sessions * Capacity) + TotalCapacity - 1) / TotalCapacity);

    /// <summary>How many more it may take.</summary>
    /// <param name="held">What it holds, hand-overs under way left out.</param>
    public int Room(int held) => Math.Max(0, Most - held);

    /// <summary>How many it should hand over.</summary>
    /// <param name="held">What it holds, hand-overs under way left out.</param>
    public int Excess(int held) => Math.Max(0, held - Most);
}
