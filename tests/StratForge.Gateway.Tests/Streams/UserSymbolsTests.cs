using Microsoft.Extensions.Options;
using StratForge.Gateway.Streams;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Streams;

/// <summary>How many symbols one user watches.</summary>
public sealed class UserSymbolsTests
{
    private static readonly Guid User = new("01890000-0000-7000-8000-000000000001");
    private static readonly Guid Other = new("01890000-0000-7000-8000-000000000002");

    private readonly ManualClock _clock = new();
    private readonly UserSymbols _symbols;

    public UserSymbolsTests() =>
        _symbols = new UserSymbols(Options.Create(new StreamOptions { SymbolsPerUser = 2, Linger = TimeSpan.FromSeconds(30) }), _clock);

    [Fact]
    public void A_symbol_that_two_connections_watch_counts_once_and_for_its_user_alone()
    {
        Assert.Null(_symbols.TryWatch(User, ["SPY", "AAPL"]));
        Assert.Null(_symbols.TryWatch(User, ["SPY"]));
        Assert.NotNull(_symbols.TryWatch(User, ["SPY", "MSFT"]));
        Assert.Null(_symbols.TryWatch(Other, ["MSFT"]));

        _symbols.Leave(User, ["SPY"]);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(_symbols.FaultOf(User, ["MSFT"]));
    }

    [Fact]
    public void One_that_is_left_counts_until_it_has_lingered_however_often_it_was_come_back_to()
    {
        _symbols.TryWatch(User, ["SPY", "AAPL"]);
        _symbols.TryWatch(Other, ["QQQ", "DIA"]);
        _symbols.Leave(User, ["SPY"]);
        _symbols.Leave(Other, ["QQQ"]);
        _clock.Advance(TimeSpan.FromSeconds(20));
        _symbols.TryWatch(User, ["SPY"]);
        _symbols.Leave(User, ["SPY"]);

        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.NotNull(_symbols.TryWatch(User, ["MSFT"]));
        Assert.Null(_symbols.TryWatch(Other, ["MSFT"]));

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_symbols.TryWatch(User, ["MSFT"]));
        Assert.NotNull(_symbols.TryWatch(User, ["SPY"]));
    }
}
