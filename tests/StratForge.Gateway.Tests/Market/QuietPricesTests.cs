using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StratForge.Gateway.Market;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Market;

/// <summary>Prices of what is held and not streamed.</summary>
public sealed class QuietPricesTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    [Fact]
    public async Task Symbols_that_the_broker_has_no_quote_of_keep_no_other_from_being_asked_for()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis);
        var user = await gateway.NewUserAsync();
        var quiet = gateway.Services.GetServices<IHostedService>().OfType<QuietPrices>().Single();
        await database.ExecuteAsync(
            """
            insert into positions (user_id, symbol, quantity, average_price, updated_at)
            select $1, symbol, 1, 1, now() from unnest(array['AA', 'AB', 'AC', 'AD', 'AE', 'AF', 'AG', 'AH', 'AI', 'AJ', 'AK', 'AL', 'IBM']) as symbol
            """, user.Id);

        // Thirteen, five at a time.
        for (var turn = 0; turn < 3; turn++)
        {
            await quiet.RefreshAsync(CancellationToken.None);
        }

        Assert.Equal(200, gateway.Services.GetRequiredService<LastPrices>().Peek("IBM")?.Price);
    }
}
