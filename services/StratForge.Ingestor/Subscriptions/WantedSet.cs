namespace StratForge.Ingestor.Subscriptions;

/// <summary>What is wanted of one class.</summary>
/// <param name="Symbols">All of it.</param>
/// <param name="Traded">Those among them that trading hangs on: the permanent ones, and those of open sessions and orders.</param>
/// <param name="Awaited">Those whose price an alert waits for. The others are only watched.</param>
internal sealed record WantedSet(IReadOnlySet<string> Symbols, IReadOnlySet<string> Traded, IReadOnlySet<string> Awaited)
{
    public static readonly WantedSet Nothing = new(new HashSet<string>(), new HashSet<string>(), new HashSet<string>());

    /// <summary>Why a symbol is wanted.</summary>
    public Need NeedOf(string symbol) => Traded.Contains(symbol) ? Need.Traded : Awaited.Contains(symbol) ? Need.Awaited : Need.Watched;
}

/// <summary>Why a symbol is wanted. What comes first is served first.</summary>
internal enum Need
{
    /// <summary>Sessions or orders hang on it.</summary>
    Traded,

    /// <summary>An alert waits for its price.</summary>
    Awaited,

    /// <summary>Somebody looks at it.</summary>
    Watched,
}
