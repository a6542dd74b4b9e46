using System.Text.Json;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>Two gateways hear every price; one of them watches the alerts, and both post.</summary>
public sealed class AlertTakeoverTests
{
    [Fact]
    public async Task A_crossing_is_told_once_whichever_gateway_keeps_the_books_and_a_post_that_was_cut_off_is_made_again()
    {
        await using var house = new AlertHouse();
        await house.InitializeAsync();
        var first = house.Gateway;
        var other = await house.StartGatewayAsync();
        var user = await first.NewUserAsync();
        var elsewhere = new Client(other.Address) { Id = user.Id };
        elsewhere.Http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        var (webhook, _) = await house.WebhookAsync(user);
        AlertHouse.Price("AAPL", 199, first, other);
        // Made through the one that does not watch.
        var alert = await AlertHouse.WaitingAsync(
            elsewhere,
            new { name = "Up", kind = "price_above", symbol = "AAPL", level = 200, hysteresis = 1, repeats = true, coolDownSeconds = 0, webhookIds = new[] { webhook } });
        house.Receiver.Answers.Enqueue(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        AlertHouse.Price("AAPL", 201, first, other);
        var cutOff = await house.Receiver.NextAsync();
        await house.StopAsync(first);
        var repeated = await house.Receiver.NextAsync();
        // Whatever is asked of the books waits until the other one keeps them.
        await elsewhere.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { name = "Up and away" });
        AlertHouse.Price("AAPL", 202, other);
        AlertHouse.Price("AAPL", 198, other);
        await AlertHouse.BecomesAsync(elsewhere, alert, "waiting");
        AlertHouse.Price("AAPL", 203, other);
        await AlertHouse.FiredAsync(elsewhere, alert, 2);
        var next = await house.Receiver.NextAsync();

        Assert.Equal(["203", "201"], (await elsewhere.ListAsync($"/api/alerts/{alert}/firings")).Select(firing => firing.GetProperty("value").GetString()));
        Assert.Equal(2, await house.Database.ValueAsync<long>("select count(*) from user_events where user_id = $1 and kind = 'alert'", user.Id));
        Assert.Equal(cutOff.Body, repeated.Body);
        Assert.Equal(cutOff.Headers["StratForge-Delivery"], repeated.Headers["StratForge-Delivery"]);
        Assert.Equal("Up and away", JsonElement.Parse(next.Body).GetProperty("alert").GetProperty("name").GetString());
    }
}
