using System.Text;
using System.Text.Json;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>Which orders by hand are plain, and that those mean what the serializer reads.</summary>
public sealed class PlainOrdersTests
{
    [Theory]
    [InlineData("""{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"day"}""")]
    [InlineData("""{"symbol":"BTC/USD","qty":0.000000001,"side":"sell","type":"limit","limit_price":"64000.50","client_order_id":"mine, 5. März"}""")]
    [InlineData(""" { "type" : "limit", "qty" : 1e2, "limit_price" : -1, "side" : "buy", "symbol" : "?" } """)]
    [InlineData("""{"symbol":"SPY","symbol":"QQQ","qty":"2.50","side":"buy","type":"market"}""")]
    [InlineData("""{"s\u0079mbol":"SPY","qty":1,"side":"buy","type":"market"}""")]
    public void A_plain_order_is_read_as_the_serializer_reads_it(string json) =>
        Assert.Equal(JsonSerializer.Deserialize<PlaceOrder>(json, ApiJson.Options), PlainOrders.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"market"}{}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"market",}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"market" """)]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"up","type":"market"}""")]
    [InlineData("""{"symbol":"SPY","side":"buy","type":"market"}""")]
    [InlineData("""{"symbol":"SPY","qty":"1e2","side":"buy","type":"market"}""")]
    [InlineData("""{"symbol":"SPY","qty":" 1","side":"buy","type":"market"}""")]
    [InlineData("""{"symbol":"SPY","qty":1e99,"side":"buy","type":"market"}""")]
    [InlineData("""{"symbol":"SP\u0059","qty":1,"side":"buy","type":"market"}""")]
    [InlineData("""{"Symbol":"SPY","qty":1,"side":"buy","type":"market"}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"market","limit_price":null}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"market","order_class":"simple"}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"stop","stop_price":90}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"market","extended_hours":false}""")]
    public void Anything_else_is_left_to_be_looked_at_with_more_care(string json) => Assert.Null(PlainOrders.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Text_that_is_no_UTF8_is_left_too() =>
        Assert.Null(PlainOrders.Parse([.. "{\"symbol\":\"S"u8, 0xFF, .. "\",\"qty\":1,\"side\":\"buy\",\"type\":\"market\"}"u8]));
}
