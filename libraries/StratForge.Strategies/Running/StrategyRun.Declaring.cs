using StratForge.Contracts.Hosting;
using StratForge.Contracts.Market;
using StratForge.Strategies.Feeds;
using StratForge.Strategies.Indicators;
using StratForge.Strategies.Timers;

namespace StratForge.Strategies.Running;

/// <content>What a strategy sets up in its start handler.</content>
internal sealed partial class StrategyRun
{
    public T Declare<T>(T indicator, BarFeed? feed)
        where T : Indicator
    {
        ArgumentNullException.ThrowIfNull(indicator);
        Declaring("Indicators are declared in OnStart: they have to see every bar.");
        if (_indicators++ == MostIndicators)
        {
            throw new InvalidOperationException($"A strategy declares at most {MostIndicators} indicators.");
        }

        (feed ?? DefaultFeed).Declare(indicator);
        return indicator;
    }

    public BarFeed Subscribe(string symbol, string timeframe)
    {
        Declaring("Subscriptions are made in OnStart: what comes later would have no history.");
        var minutes = Timeframes.Parse(timeframe);
        var view = Wanted(symbol);
        var feed = FeedOf(view, minutes);
        if (ReferenceEquals(view, _primary))
        {
            _default ??= feed;
        }

        return feed;
    }

    public void SubscribeTicks(string? symbol, bool quotes)
    {
        Declaring("Subscriptions are made in OnStart.");
        var view = Wanted(symbol ?? Symbol);
        view.WantsTrades |= !quotes;
        view.WantsQuotes |= quotes;
    }

    public void AddTimer(Func<bool, TimerSchedule> schedule)
    {
        Declaring("Timers are set up in OnStart.");
        if (_timers.Count == MostTimers)
        {
            throw new InvalidOperationException($"A strategy has at most {MostTimers} timers.");
        }

        _timers.Add(new RunTimer(schedule(_primary.IsCrypto)));
    }

    private void Declaring(string otherwise)
    {
        if (!_declaring)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private void Settle(int minBars)
    {
        if (minBars is < 0 or > MostWarmUp)
        {
            throw new InvalidOperationException($"The strategy wants {minBars} bars before its first call; 0 to {MostWarmUp} are possible.");
        }

        DefaultFeed.WantAtLeast(minBars);
        var wanted = 0L;
        foreach (var feed in _feeds)
        {
            if (feed.WarmUp > MostWarmUp)
            {
                throw new InvalidOperationException($"The strategy wants {feed.WarmUp} bars before its first call; 0 to {MostWarmUp} are possible.");
            }

            wanted = Math.Max(wanted, feed.WarmUpMinutes);
        }

        WarmUp = (int)Math.Min(HostProtocol.MaxWarmUp, wanted);
        if (wanted > WarmUp)
        {
            _notes.Log("warning", $"The strategy wants {wanted} minutes of history; {WarmUp} are fed, and the rest comes while it runs.", fields: null);
        }

        _isReady = _feeds.TrueForAll(feed => feed.WarmUp == 0);
        _views.Sort((one, other) => string.CompareOrdinal(one.Symbol, other.Symbol));
        _last = _views.FindLast(view => view.Minutes is not null || view.Longer.Count > 0);
        Subscriptions =
        [
            .. _views.Where(view => !ReferenceEquals(view, _primary) && (view.Minutes is not null || view.Longer.Count > 0))
                .Select(view => new SubscriptionFrame(view.Symbol, SubscriptionFrame.Bars)),
            .. _views.Where(view => view.WantsTrades).Select(view => new SubscriptionFrame(view.Symbol, SubscriptionFrame.Trades)),
            .. _views.Where(view => view.WantsQuotes).Select(view => new SubscriptionFrame(view.Symbol, SubscriptionFrame.Quotes)),
        ];
        BarSymbols = [Symbol, .. Subscriptions.Where(one => one.Feed == SubscriptionFrame.Bars).Select(one => one.Symbol)];
    }

    private SymbolView Wanted(string symbol)
    {
        if (!Symbols.IsWellFormed(symbol))
        {
            throw new ArgumentException($"'{symbol}' is not a symbol: stocks look like AAPL, crypto like BTC/USD.", nameof(symbol));
        }

        var view = _views.Find(one => one.Symbol == symbol);
        if (view is not null)
        {
            return view;
        }

        if (_views.Count == HostProtocol.MaxSubscriptions)
        {
            throw new InvalidOperationException($"A strategy subscribes to at most {HostProtocol.MaxSubscriptions} symbols.");
        }

        view = new SymbolView(symbol, Symbols.ClassOf(symbol) == AssetClass.Crypto);
        _views.Add(view);
        return view;
    }

    private BarFeed FeedOf(SymbolView view, int minutes)
    {
        var known = minutes == 1 ? view.Minutes : view.Longer.Find(feed => feed.Minutes == minutes);
        if (known is not null)
        {
            return known;
        }

        if (_feeds.Count == HostProtocol.MaxSubscriptions)
        {
            throw new InvalidOperationException($"A strategy subscribes to at most {HostProtocol.MaxSubscriptions} rows of bars.");
        }

        var feed = new BarFeed(view.Symbol, minutes);
        _feeds.Add(feed);
        if (minutes == 1)
        {
            view.Minutes = feed;
        }
        else
        {
            view.Longer.Add(feed);
            view.Longer.Sort((one, other) => one.Minutes.CompareTo(other.Minutes));
        }

        return feed;
    }
}
