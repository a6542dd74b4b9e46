using System.Text.Json;

namespace StratForge.Contracts.Tests;

public sealed class StorableJsonTests
{
    [Theory]
    [InlineData("""{"fast":3,"slow":-2.5e-7,"names":["ä","\u00e4","\ud83d\ude00",null,true],"most":1.7976931348623157e308,"none":0e-5}""")]
    [InlineData("1e+300")]
    public void What_Postgres_gives_back_as_it_was_can_be_kept(string json) =>
        Assert.Null(StorableJson.FlawOf(JsonElement.Parse(json), 4096));

    [Theory]
    [InlineData("""{"a":["\u0000"]}""", "holds the zero character")]
    [InlineData("""{"a\u0000b":1}""", "holds the zero character")]
    [InlineData("""{"a":"\ud800"}""", "holds half of a surrogate pair")]
    [InlineData("""{"\udc00":1}""", "holds half of a surrogate pair")]
    [InlineData("""[1,{"a":1e400000}]""", "holds a number that is out of range: 1e400000")]
    [InlineData("1e309", "holds a number that is out of range: 1e309")]
    [InlineData("-1E+99999999999999999999", "holds a number that is out of range: -1E+99999999999999999999")]
    [InlineData("1e-16000", "holds a number that is out of range: 1e-16000")]
    [InlineData("0e131071", "holds a number that is out of range: 0e131071")]
    public void What_it_refuses_or_writes_out_without_end_can_not(string json, string flaw) =>
        Assert.Equal(flaw, StorableJson.FlawOf(JsonElement.Parse(json), 4096));

    [Fact]
    public void Its_size_is_that_of_its_numbers_written_out()
    {
        var numbers = JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat("1e300", 10))}]");

        Assert.Null(StorableJson.FlawOf(numbers, 3100));
        Assert.Equal("has more than 3000 bytes of JSON, its numbers written out", StorableJson.FlawOf(numbers, 3000));
        Assert.Equal("has more than 6 bytes of JSON, its numbers written out", StorableJson.FlawOf(JsonElement.Parse("\"äöü\""), 6));
        Assert.Null(StorableJson.FlawOf(JsonElement.Parse("\"äöü\""), 8));
    }
}
