namespace StratForge.Alpaca.Http;

/// <summary>Who goes first when the request budget is short.</summary>
internal enum RequestUrgency
{
    /// <summary>Reads and new orders, in the order in which they asked.</summary>
    Normal,

    /// <summary>Cancels: they reduce risk, so they go first and may use the share that is kept back for them.</summary>
    Urgent,
}
