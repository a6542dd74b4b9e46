namespace StratForge.Gateway.Strategies;

/// <summary>What became of a change.</summary>
internal abstract record ChangeOutcome
{
    private ChangeOutcome()
    {
    }

    public sealed record Changed(Strategy Strategy) : ChangeOutcome;

    public sealed record Unknown : ChangeOutcome;

    /// <summary>The caller's copy is of another version.</summary>
    public sealed record Stale(int Version) : ChangeOutcome;
}

/// <summary>What became of a deletion.</summary>
internal abstract record DeleteOutcome
{
    private DeleteOutcome()
    {
    }

    public sealed record Deleted : DeleteOutcome;

    public sealed record Unknown : DeleteOutcome;

    public sealed record Running(int Sessions) : DeleteOutcome;
}
