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
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"day","advanced_instructions":{"algorithm":"VWAP"}}""", "account not allowed to use advanced_instructions")]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"day","order_class":"mleg"}""", "order_class mleg is not supported by this venue")]
    public void A_request_that_cannot_be_taken_says_why(string body, string message)
    {
        using var json = JsonDocument.Parse(body);

        var (request, refusal) = OrderRequest.Read(json.RootElement);

        Assert.Null(request);
        Assert.Equal(message, refusal?.Message);
    }

    [Theory]
    [InlineData("market", "\"trail_price\":1", "market orders must not have trail_price")]
    [InlineData("limit", "\"limit_price\":9,\"stop_price\":8", "limit orders require no stop price")]
    [InlineData("limit", "\"limit_price\":9,\"trail_price\":1", "only trailing stop orders have a trail")]
    [InlineData("stop", "\"limit_price\":9", "stop orders require a stop price")]
    [InlineData("stop", "\"stop_price\":9,\"limit_price\":9", "stop orders require no limit price")]
    [InlineData("stop", "\"stop_price\":0", "stop price must be > 0")]
    [InlineData("stop_limit", "\"stop_price\":9", "stop limit orders require both stop and limit price")]
    [InlineData("stop_limit", "\"limit_price\":9", "stop limit orders require both stop and limit price")]
    [InlineData("trailing_stop", "\"extended_hours\":false", "trailing stop orders must specify one of trail_price or trail_percent")]
    [InlineData("trailing_stop", "\"trail_price\":1,\"trail_percent\":1", "trailing stop orders must specify one of trail_price or trail_percent")]
    [InlineData("trailing_stop", "\"trail_price\":1,\"stop_price\":1", "trailing stop orders require no stop or limit price")]
    [InlineData("trailing_stop", "\"trail_percent\":\"0.09\"", "trail_percent must be greater than or equal to 0.1")]
    [InlineData("trailing_stop", "\"trail_percent\":100", "trail_percent must be less than 100")]
    [InlineData("trailing_stop", "\"trail_price\":-1", "trail_price must be > 0")]
    [InlineData("market", "\"take_profit\":{\"limit_price\":9}", "take_profit and stop_loss require an order_class of bracket, oco or oto")]
    [InlineData("market", "\"order_class\":\"bracket\",\"stop_loss\":{\"stop_price\":9}", "bracket orders require take_profit.limit_price")]
    [InlineData("market", "\"order_class\":\"bracket\",\"take_profit\":{\"limit_price\":9}", "bracket orders require stop_loss.stop_price")]
    [InlineData("market", "\"order_class\":\"bracket\",\"take_profit\":9", "request body format is invalid")]
    [InlineData("market", "\"order_class\":\"bracket\",\"take_profit\":{\"limit_price\":\"high\"}", "request body format is invalid")]
    [InlineData("market", "\"order_class\":\"oco\",\"take_profit\":{\"limit_price\":9},\"stop_loss\":{\"stop_price\":8}", "oco orders must be limit orders")]
    [InlineData("market", "\"order_class\":\"oto\"", "oto orders require one of take_profit.limit_price or stop_loss.stop_price")]
    [InlineData("market", "\"order_class\":\"oto\",\"take_profit\":{\"limit_price\":9},\"stop_loss\":{\"stop_price\":8}", "oto orders require one of take_profit.limit_price or stop_loss.stop_price")]
    [InlineData("trailing_stop", "\"trail_price\":1,\"order_class\":\"oto\",\"take_profit\":{\"limit_price\":9}", "trailing stop orders must be simple orders")]
    [InlineData("market", "\"position_intent\":\"buy\"", "invalid position_intent")]
    [InlineData("best", "\"limit_price\":9", "invalid order type")]
    public void Each_type_and_class_has_its_own_prices_and_no_others(string type, string more, string message)
    {
        using var json = JsonDocument.Parse($$"""{"symbol":"SPY","qty":"1","side":"buy","type":"{{type}}","time_in_force":"day",{{more}}}""");

        Assert.Equal(message, OrderRequest.Read(json.RootElement).Refusal?.Message);
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
