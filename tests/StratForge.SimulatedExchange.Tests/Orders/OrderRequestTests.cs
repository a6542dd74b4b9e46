using System.Text.Json;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Tests.Orders;

public sealed class OrderRequestTests
{
    [Theory]
    [InlineData("""{"symbol":"SPY","side":"buy","type":"market","time_in_force":"day"}""", "qty or notional is required")]
    [InlineData("""{"symbol":"SPY","qty":"1","notional":"5","side":"buy","type":"market","time_in_force":"day"}""", "only one of qty or notional is accepted")]
    [InlineData("""{"symbol":"SPY","qty":"0","side":"buy","type":"market","time_in_force":"day"}""", "qty must be > 0")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"hold","type":"market","time_in_force":"day"}""", "invalid side")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"best","time_in_force":"day"}""", "invalid order type")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"soon"}""", "invalid time_in_force")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"limit","time_in_force":"day"}""", "limit orders require a limit price")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"limit","limit_price":"-1","time_in_force":"day"}""", "limit price must be > 0")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","limit_price":"1","time_in_force":"day"}""", "market orders require no stop or limit price")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","stop_price":"1","time_in_force":"day"}""", "market orders require no stop or limit price")]
    [InlineData("""{"symbol":"SPY","qty":"1.0000000001","side":"buy","type":"market","time_in_force":"day"}""", "qty must be limited to 9 decimal places")]
    [InlineData("""{"symbol":"SPY","qty":"many","side":"buy","type":"market","time_in_force":"day"}""", "request body format is invalid")]
    [InlineData("""[]""", "request body format is invalid")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"stop","stop_price":"9","time_in_force":"day"}""", "order type stop is not supported by this venue")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"opg"}""", "time_in_force opg is not supported by this venue")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"day","order_class":"bracket"}""", "order_class bracket is not supported by this venue")]
    public void A_request_that_cannot_be_taken_says_why(string body, string message)
    {
        using var json = JsonDocument.Parse(body);

        var (request, refusal) = OrderRequest.Read(json.RootElement);

        Assert.Null(request);
        Assert.Equal(message, refusal?.Message);
    }

    [Fact]
    public void A_client_order_id_has_at_most_128_characters()
    {
        Assert.Null(Refused(new string('x', 128)));
        Assert.Equal("client_order_id must be no more than 128 characters", Refused(new string('x', 129)));

        static string? Refused(string id)
        {
            using var json = JsonDocument.Parse(
                $$"""{"symbol":"SPY","qty":1,"side":"buy","type":"market","time_in_force":"day","client_order_id":"{{id}}"}""");
            return OrderRequest.Read(json.RootElement).Refusal?.Message;
        }
    }
}
