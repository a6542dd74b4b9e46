using System.Collections.Frozen;

namespace StratForge.Trading.Orders;

/// <summary>What an order can be, and what it can become.</summary>
/// <remarks>Alpaca's words. An order is <c>accepted</c> from its intake on, whether it waits in the house or is on its way, and <c>new</c>
/// once it is live at the venue.</remarks>
public static class OrderStatus
{
    /// <summary>A leg of a bracket whose entry is not filled yet.</summary>
    public const string Held = "held";

    /// <summary>Taken in; its reservation stands.</summary>
    public const string Accepted = "accepted";

    /// <summary>Live at the venue.</summary>
    public const string New = "new";

    /// <summary>Some of its units are filled.</summary>
    public const string PartiallyFilled = "partially_filled";

    /// <summary>All of its units are filled.</summary>
    public const string Filled = "filled";

    /// <summary>Taken back.</summary>
    public const string Canceled = "canceled";

    /// <summary>Its time ran out.</summary>
    public const string Expired = "expired";

    /// <summary>Refused after it had been taken in.</summary>
    public const string Rejected = "rejected";

    /// <summary>Another order took its place.</summary>
    public const string Replaced = "replaced";

    private static readonly FrozenSet<string> s_open = FrozenSet.Create(StringComparer.Ordinal, Held, Accepted, New, PartiallyFilled);

    private static readonly FrozenSet<(string From, string To)> s_steps = FrozenSet.Create(
        (Held, Accepted), (Held, Canceled), (Held, Rejected), (Held, Expired),
        (Accepted, New), (Accepted, PartiallyFilled), (Accepted, Filled), (Accepted, Canceled), (Accepted, Expired), (Accepted, Rejected), (Accepted, Replaced),
        // The broker order it was in is over, and it is not: it waits in the house again.
        (New, Accepted),
        (New, PartiallyFilled), (New, Filled), (New, Canceled), (New, Expired), (New, Rejected),
        (PartiallyFilled, Filled), (PartiallyFilled, Canceled), (PartiallyFilled, Expired), (PartiallyFilled, Rejected), (PartiallyFilled, Replaced));

    /// <summary>Whether something can still happen to it.</summary>
    public static bool IsOpen(string status) => s_open.Contains(status);

    /// <summary>Whether an order may go from one status to another.</summary>
    public static bool MayBecome(string from, string to) => from == to || s_steps.Contains((from, to));
}
