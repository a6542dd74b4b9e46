namespace StratForge.Trading.Brokerage;

/// <summary>Things by price, those in front that a moving price comes to first.</summary>
/// <param name="highestFirst">Whether the highest price is in front: the market falls towards it.</param>
/// <param name="byAge">Which of two at one price is the older.</param>
internal sealed class PriceLadder<T>(bool highestFirst, IComparer<T> byAge)
{
    private readonly SortedSet<(decimal Price, T Item)> _rungs = new(Comparer<(decimal Price, T Item)>.Create((one, other) =>
        (highestFirst ? other.Price.CompareTo(one.Price) : one.Price.CompareTo(other.Price)) is not 0 and var order ? order : byAge.Compare(one.Item, other.Item)));

    /// <summary>The price in front; null when there is none.</summary>
    public decimal? First => _rungs.Count > 0 ? _rungs.Min.Price : null;

    public void Add(decimal price, T item) => _rungs.Add((price, item));

    public void Remove(decimal price, T item) => _rungs.Remove((price, item));

    /// <summary>Those at a price and in front of it. The ladder must not change meanwhile.</summary>
    public IEnumerable<T> UpTo(decimal price) => _rungs.TakeWhile(rung => highestFirst ? rung.Price >= price : rung.Price <= price).Select(rung => rung.Item);

    /// <summary>Those in front of a price. The ladder must not change meanwhile.</summary>
    public IEnumerable<T> Before(decimal price) => _rungs.TakeWhile(rung => highestFirst ? rung.Price > price : rung.Price < price).Select(rung => rung.Item);
}
