using StratForge.Trading.Ledger;

namespace StratForge.Trading.Brokerage;

/// <summary>What one session, or a user's own hand, holds of one symbol.</summary>
public sealed class Position : Tracked<Holding>
{
    internal Position(Account account, Guid? sessionId, string symbol, Holding holding, bool isWritten)
        : base(holding, isWritten)
    {
        Account = account;
        SessionId = sessionId;
        Symbol = symbol;
    }

    /// <summary>Whose it is.</summary>
    public Account Account { get; }

    /// <summary>The session; null for trading by hand.</summary>
    public Guid? SessionId { get; }

    /// <summary>Its symbol.</summary>
    public string Symbol { get; }

    internal void Set(Holding holding) => Now = holding;

    // It stays where it is: orders that were taken in before point to it.
    private protected override void Vanish() => Now = Holding.Flat;
}
