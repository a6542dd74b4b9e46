using StratForge.Ingestor.Subscriptions;
using StratForge.Ingestor.Venues;

namespace StratForge.Ingestor.Tests.Venues;

/// <summary>Who may ask the venue next.</summary>
public sealed class RequestTurnsTests
{
    private readonly RequestTurns _turns = new(atOnce: 1);
    private readonly Dictionary<string, Need> _needs = new(StringComparer.Ordinal);
    private readonly List<(string Symbol, Task Turn)> _waiting = [];

    [Fact]
    public async Task The_most_needed_goes_next_and_of_equals_the_first_that_came()
    {
        Assert.True(Wait("UNDERWAY", Need.Watched).IsCompletedSuccessfully);
        _waiting.Clear();
        _ = Wait("IBM", Need.Watched);
        _ = Wait("MSFT", Need.Watched);
        _ = Wait("AAPL", Need.Awaited);
        _ = Wait("SPY", Need.Traded);
        _ = Wait("QQQ", Need.Traded);

        Assert.Equal(["SPY", "QQQ", "AAPL", "IBM", "MSFT"], await ServeAsync());
    }

    [Fact]
    public async Task One_that_a_session_begins_to_trade_while_it_waits_goes_ahead_of_what_is_watched()
    {
        _ = Wait("UNDERWAY", Need.Watched);
        _waiting.Clear();
        _ = Wait("IBM", Need.Watched);
        _ = Wait("MSFT", Need.Watched);

        _needs["MSFT"] = Need.Traded;

        Assert.Equal(["MSFT", "IBM"], await ServeAsync());
    }

    [Fact]
    public async Task One_that_gave_up_waiting_takes_no_turn()
    {
        using var end = new CancellationTokenSource();
        _ = Wait("UNDERWAY", Need.Watched);
        _waiting.Clear();
        var gone = Wait("SPY", Need.Traded, end.Token);
        _waiting.Clear();
        _ = Wait("IBM", Need.Watched);

        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(["IBM"], await ServeAsync());
        _turns.Leave();
        Assert.True(Wait("MSFT", Need.Watched).IsCompletedSuccessfully);
    }

    [Fact]
    public void Of_silent_symbols_the_traded_are_asked_for_first_and_then_those_that_wait_longest()
    {
        var noon = new DateTimeOffset(2013, 10, 4, 12, 0, 0, TimeSpan.Zero);
        FeedSymbol[] silent =
        [
            new("IBM") { HeardAt = noon.AddMinutes(1) }, new("MSFT") { HeardAt = noon }, new("AAPL") { HeardAt = noon.AddMinutes(2) },
            new("SPY") { HeardAt = noon, AskedAt = noon.AddMinutes(4) }, new("QQQ") { HeardAt = noon.AddMinutes(3) },
        ];
        var wanted = new WantedSet(
            silent.Select(symbol => symbol.Symbol).ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "SPY", "QQQ" },
            new HashSet<string>(StringComparer.Ordinal) { "AAPL" });

        Assert.Equal(["QQQ", "SPY", "AAPL", "MSFT", "IBM"], MarketFeed.InTurn(silent, wanted));
    }

    private Task Wait(string symbol, Need need, CancellationToken cancellationToken = default)
    {
        _needs[symbol] = need;
        var turn = _turns.EnterAsync(() => _needs[symbol], cancellationToken);
        _waiting.Add((symbol, turn));
        return turn;
    }

    /// <summary>Ends one request after the other.</summary>
    /// <returns>Whose turn came, in order.</returns>
    private async Task<List<string>> ServeAsync()
    {
        var served = new List<string>();
        while (_waiting.Count > 0)
        {
            _turns.Leave();
            var come = await Task.WhenAny(_waiting.Select(waiting => waiting.Turn)).WaitAsync(TimeSpan.FromSeconds(15));
            var (symbol, _) = _waiting.Single(waiting => waiting.Turn == come);
            served.Add(symbol);
            _waiting.RemoveAll(waiting => waiting.Turn == come);
        }

        return served;
    }
}
