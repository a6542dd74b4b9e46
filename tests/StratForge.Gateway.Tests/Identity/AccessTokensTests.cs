using Microsoft.Extensions.Options;
using StratForge.Gateway.Identity;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Identity;

public class AccessTokensTests
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 3, 2, 15, 0, 0, TimeSpan.Zero));
    private readonly AccessTokens _tokens;

    public AccessTokensTests() => _tokens = new AccessTokens(Options.Create(new JwtOptions { Secret = new string('s', 64) }), _clock);

    [Fact]
    public void A_token_that_was_read_before_still_ends_in_time()
    {
        var caller = new Caller(Guid.CreateVersion7(_clock.GetUtcNow()), "user", Guid.CreateVersion7(_clock.GetUtcNow()));
        var token = _tokens.Issue(caller, TimeSpan.FromMinutes(10));

        Assert.Equal(caller, _tokens.Read(token)?.Caller);
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal(caller, _tokens.Read(token)?.Caller);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_tokens.Read(token));
        Assert.Null(_tokens.Read(token));
    }

    [Fact]
    public void A_token_that_was_read_before_proves_no_other()
    {
        var token = _tokens.Issue(new Caller(Guid.CreateVersion7(_clock.GetUtcNow()), "user", Guid.CreateVersion7(_clock.GetUtcNow())), TimeSpan.FromMinutes(10));
        Assert.NotNull(_tokens.Read(token));
        var parts = token.Split('.');
        var others = _tokens.Issue(new Caller(Guid.CreateVersion7(_clock.GetUtcNow()), "admin", Guid.CreateVersion7(_clock.GetUtcNow())), TimeSpan.FromMinutes(10)).Split('.');

        Assert.Null(_tokens.Read($"{others[0]}.{others[1]}.{parts[2]}"));
        Assert.Null(_tokens.Read(token.AsSpan()[..^1]));
    }
}
