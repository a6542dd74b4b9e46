namespace StratForge.Worker.Sessions;

/// <summary>How many bars a host is handed at once. A chunk is bound by the limits of one event, so it must not take a slow strategy beyond them:
/// it grows while bars are quick and shrinks to one when they are not.</summary>
internal sealed class ChunkSize
{
    private const int First = 8;
    private const int Most = 200;
    private const int Growth = 4;

    // A tenth of the CPU time that one event may take.
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(100);

    /// <summary>Bars of the next chunk at most.</summary>
    public int Next { get; private set; } = First;

    /// <summary>A chunk was handled.</summary>
    /// <param name="bars">Bars of it that were handled, at least one.</param>
    /// <param name="elapsed">How long it took, without the time for which the process stood in line for a processor.</param>
    public void Took(int bars, TimeSpan elapsed)
    {
        var fitting = (int)Math.Min(Most, bars * (Target / TimeSpan.FromTicks(Math.Max(1, elapsed.Ticks))));
        Next = Math.Clamp(fitting, 1, Math.Min(Most, Next * Growth));
    }
}
