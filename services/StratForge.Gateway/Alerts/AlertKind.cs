namespace StratForge.Gateway.Alerts;

/// <summary>Something that an alert can wait for.</summary>
/// <param name="Name">As the API spells it.</param>
/// <param name="Watches">What it looks at.</param>
/// <param name="Direction">Which way a value has to go; null for what simply happens.</param>
internal sealed record AlertKind(string Name, Watched Watches, Direction? Direction)
{
    public static readonly AlertKind SessionFailed = new("session_failed", Watched.Sessions, null);
    public static readonly AlertKind ReconciliationDrift = new("reconciliation_drift", Watched.Broker, null);

    private static readonly AlertKind[] s_all =
    [
        new("price_above", Watched.Price, Alerts.Direction.Above),
        new("price_below", Watched.Price, Alerts.Direction.Below),
        new("price_crosses", Watched.Price, Alerts.Direction.Either),
        new("pnl_above", Watched.Pnl, Alerts.Direction.Above),
        new("pnl_below", Watched.Pnl, Alerts.Direction.Below),
        new("drawdown", Watched.Drawdown, Alerts.Direction.Above),
        new("drawdown_percent", Watched.DrawdownPercent, Alerts.Direction.Above),
        SessionFailed,
        ReconciliationDrift,
    ];

    /// <summary>Names of all of them.</summary>
    public static IEnumerable<string> Names => s_all.Select(kind => kind.Name);

    /// <summary>Whether it waits for a level.</summary>
    public bool HasLevel => Direction is not null;

    /// <summary>Whether it looks at what an account or a session is worth.</summary>
    public bool IsOfEquity => Watches is Watched.Pnl or Watched.Drawdown or Watched.DrawdownPercent;

    /// <summary>The kind of a name; null when there is none.</summary>
    public static AlertKind? Find(string? name) => Array.Find(s_all, kind => kind.Name == name);
}

/// <summary>What alerts look at.</summary>
internal enum Watched
{
    /// <summary>The last price of a symbol, USD per unit.</summary>
    Price,

    /// <summary>What an account gained on the market's day, or a session since it began, USD.</summary>
    Pnl,

    /// <summary>How far equity, or a session's gain, is below its peak, USD.</summary>
    Drawdown,

    /// <summary>The same of an account, in percent of the peak.</summary>
    DrawdownPercent,

    /// <summary>Sessions that fail.</summary>
    Sessions,

    /// <summary>Differences between books and broker that nothing explains.</summary>
    Broker,
}
