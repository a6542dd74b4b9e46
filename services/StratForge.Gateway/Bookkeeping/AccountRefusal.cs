namespace StratForge.Gateway.Bookkeeping;

/// <summary>Why a gateway does not keep the books.</summary>
/// <param name="Code">What clients and health say.</param>
/// <param name="Detail">The same in a sentence, without the numbers of accounts.</param>
/// <param name="Instruction">What the log tells whoever runs the platform: the accounts, and every way out.</param>
internal sealed record AccountRefusal(string Code, string Detail, string Instruction)
{
    private const string Then = "Nothing is traded and nothing has changed. What to do is in the gateway's log.";

    /// <summary>The books are known to be those of another account.</summary>
    public static AccountRefusal Differs(AccountOfBooks books, AccountOfBooks found) => new(
        "broker-account-differs",
        $"The books belong to another account at the broker than the one this gateway trades on. {Then}",
        books.IsSimulated && found.IsSimulated
            ? $"The books belong to account {books.Number} of the simulated exchange, which has begun anew with account {found.Number}: its data folder was deleted or is "
                + "another one, or its market was changed, and the database stayed. Give it its data folder and market back, or begin anew with an empty database too. "
                + Accept(found)
            : $"The books belong to account {books.Number}{Where(books)}, and the broker's keys are those of account {found.Number}{Where(found)}. Give this gateway a database "
                + $"of its own, or the keys of account {books.Number}. {Accept(found)}");

    /// <summary>The books are older than the knowledge whose they are, and the account knows nothing of what they say was sent to it.</summary>
    public static AccountRefusal Unproven(AccountOfBooks found) => new(
        "broker-account-unproven",
        $"The account at the broker that this gateway trades on knows none of the newest orders in the books: they seem to be those of another. {Then}",
        $"Account {found.Number}{Where(found)} knows none of the newest orders that the books say it was sent: the books seem to be those of another account. Give this "
        + $"gateway a database of its own, or the account that its books were kept for. {Accept(found)}");

    private static string Where(AccountOfBooks account) => account.IsSimulated ? " at a simulated exchange" : " at Alpaca";

    private static string Accept(AccountOfBooks found) =>
        $"To go on with these books at account {found.Number} all the same, set Broker__AcceptAccount={found.Number}: what they say was in the other account then shows as drift";
}

/// <summary>The books belong to another account at the broker than the one this gateway trades on: it does not keep them.</summary>
internal sealed class ForeignAccountException(AccountRefusal refusal) : NotLeadingException(refusal.Detail)
{
    public AccountRefusal Refusal { get; } = refusal;
}
