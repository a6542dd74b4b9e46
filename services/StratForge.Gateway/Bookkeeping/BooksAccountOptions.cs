namespace StratForge.Gateway.Bookkeeping;

/// <summary>What is said about the account of the books: configuration section <c>Broker</c>.</summary>
internal sealed class BooksAccountOptions
{
    public const string Section = "Broker";

    /// <summary>Number of the account that the books are to belong to from now on, though they belonged to another.</summary>
    /// <value>Default none: the books keep the account that they began with. Counts only where the gateway trades on that account.</value>
    public string? AcceptAccount { get; set; }
}
