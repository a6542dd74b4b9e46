namespace StratForge.Gateway.Strategies;

/// <summary>What became of the wish for a new strategy.</summary>
internal abstract record AddOutcome
{
    private AddOutcome()
    {
    }

    public sealed record Added(Strategy Strategy) : AddOutcome;

    /// <summary>It was added before, and deleted since.</summary>
    public sealed record Deleted : AddOutcome;

    public sealed record TooMany : AddOutcome;
}

/// <summary>What became of a change.</summary>
internal abstract record ChangeOutcome
{
    private ChangeOutcome()
    {
    }

    public sealed record Changed(Strategy Strategy) : ChangeOutcome;

    public sealed record Unknown : ChangeOutcome;

    /// <summary>The caller's copy is an older one.</summary>
    public sealed record Stale(Strategy Now) : ChangeOutcome;

    /// <summary>Sessions ran all versions that one may keep.</summary>
    public sealed record TooManyVersions : ChangeOutcome;
}

/// <summary>What became of a deletion.</summary>
internal abstract record DeleteOutcome
{
    private DeleteOutcome()
    {
    }

    public sealed record Deleted : DeleteOutcome;

    public sealed record Unknown : DeleteOutcome;

    /// <summary>The caller's copy is an older one.</summary>
    public sealed record Stale(Strategy Now) : DeleteOutcome;

    public sealed record Running(int Sessions) : DeleteOutcome;
}
