using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;

namespace StratForge.Trading.Brokerage;

/// <summary>What one session, or a user's own hand, holds of one symbol.</summary>
public sealed class Position : Tracked<Holding>
{
    private int _openingBuys;
    private int _openingSells;

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

    /// <summary>Whether an order that opens it is open.</summary>
    /// <param name="side">Side of that order.</param>
    public bool IsOpening(Side side) => (side == Side.Buy ? _openingBuys : _openingSells) > 0;

    /// <summary>An order that opens it became open, or is not any more.</summary>
    internal void CountOpening(Side side, int change)
    {
        if (side == Side.Buy)
        {
            _openingBuys += change;
        }
        else
        {
            _openingSells += change;
        }
    }

    internal void Set(Holding holding) => Now = holding;

    // Orders that were written before its first fill hold on to it: it stays, flat as it was.
    private protected override void Vanish() => Now = Holding.Flat;
}
