using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary>Values the account at rising moments, taking activities in as it passes them.</summary>
internal sealed class EquityWalk(PriceSource prices, decimal startingCash, Activity[] activities)
{
    private readonly Dictionary<string, decimal> _units = [];
    private decimal _cash = startingCash;
    private int _next;

    public decimal At(DateTimeOffset instant)
    {
        while (_next < activities.Length && activities[_next].At <= instant)
        {
            var activity = activities[_next++];
            _cash += activity.Cash;
            if (activity is { Units: not 0m, Symbol: { } symbol })
            {
                _units[symbol] = _units.GetValueOrDefault(symbol) + activity.Units;
            }
        }

        return _cash + _units.Where(held => held.Value != 0m)
            .Sum(held => held.Value * prices.PriceAt(prices.Find(held.Key)!, instant).GetValueOrDefault());
    }
}
