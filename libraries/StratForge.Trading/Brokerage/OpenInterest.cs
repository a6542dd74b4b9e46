using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>What one order adds to what its account has open.</summary>
/// <param name="IsOpen">Whether it counts as open.</param>
/// <param name="Units">Units it still wants.</param>
internal readonly record struct Interest(bool IsOpen, decimal Units);

/// <summary>What an account's open orders want altogether, kept as they change: an account may have thousands, and every new order is measured
/// against them.</summary>
internal sealed class OpenInterest
{
    private readonly Dictionary<(string Symbol, Side Side), decimal> _units = [];

    /// <summary>Open orders.</summary>
    public int Orders { get; private set; }

    /// <summary>Units that open orders of one side of a symbol still want.</summary>
    public decimal Of(string symbol, Side side) => _units.GetValueOrDefault((symbol, side));

    /// <summary>An order counts otherwise than before.</summary>
    public void Change(Order order, Interest before, Interest after)
    {
        Orders += (after.IsOpen ? 1 : 0) - (before.IsOpen ? 1 : 0);
        var units = Of(order.Symbol, order.Side) + after.Units - before.Units;
        if (units == 0)
        {
            _units.Remove((order.Symbol, order.Side));
        }
        else
        {
            _units[(order.Symbol, order.Side)] = units;
        }
    }
}
