using System.Globalization;
using System.Text;
using System.Text.Json;
using StratForge.StrategyHost.Protocol;

namespace StratForge.StrategyHost.Tests.Protocol;

public sealed class BarTextTests
{
    [Fact]
    public void Every_price_the_worker_writes_is_read_to_its_last_bit()
    {
        var random = new StratForge.Strategies.SeededRandom(8);
        for (var i = 0; i < 20_000; i++)
        {
            var price = Math.Round(random.NextDouble() * Math.Pow(10, random.NextInt(-3, 7)), random.NextInt(0, 8));
            if (Frame(price) is var frame && frame.Contains('E', StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(Read(frame, out var bar), frame);
            Assert.Equal(
                (7L, 1380873960000L, price, price, price, price, 1000.0),
                (bar.Seq, bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume));
        }
    }

    [Fact]
    public void Any_other_number_is_read_to_its_last_bit_or_left_to_the_full_reader()
    {
        var random = new Random(9);
        for (var i = 0; i < 20_000; i++)
        {
            var number = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (double.IsFinite(number) && Read(Frame(number), out var bar))
            {
                Assert.Equal(number, bar.Open);
            }
        }
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData(".")]
    [InlineData("1e5")]
    [InlineData("")]
    [InlineData("12345678901234567890")]
    [InlineData("0.12345678901234567")]
    [InlineData("null")]
    [InlineData("\"1\"")]
    [InlineData("1 ")]
    public void What_is_no_plain_number_is_left_to_the_full_reader(string number) =>
        Assert.False(Read($$"""{"type":"bar","seq":7,"t":1,"o":{{number}},"h":1,"l":1,"c":1,"v":1}""", out _));

    [Theory]
    [InlineData("""{"type":"bar","seq":7,"t":1,"o":1,"h":1,"l":1,"c":1,"v":1""")]
    [InlineData("""{"type":"bar","seq":7,"t":1,"o":1,"h":1,"l":1,"c":1,"v":1}}""")]
    [InlineData("""{"type":"bar","seq":7,"t":1,"o":1,"h":1,"l":1,"c":1}""")]
    [InlineData("""{"type":"bar","t":1,"seq":7,"o":1,"h":1,"l":1,"c":1,"v":1}""")]
    [InlineData("""{"type":"bar","seq":+7,"t":1,"o":1,"h":1,"l":1,"c":1,"v":1}""")]
    [InlineData("""{"type":"bar","seq":7,"t":01,"o":1,"h":1,"l":1,"c":1,"v":1}""")]
    [InlineData("""{"type":"bars","seq":7,"bars":[]}""")]
    [InlineData("")]
    public void Another_shape_is_left_to_the_full_reader(string frame) => Assert.False(Read(frame, out _));

    private static bool Read(string frame, out BarNumbers bar) => BarText.TryRead(Encoding.UTF8.GetBytes(frame), out bar);

    private static string Frame(double price)
    {
        var text = JsonSerializer.Serialize(price);
        Assert.Equal(price, double.Parse(text, CultureInfo.InvariantCulture));
        return $$"""{"type":"bar","seq":7,"t":1380873960000,"o":{{text}},"h":{{text}},"l":{{text}},"c":{{text}},"v":1000}""";
    }
}
