using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class StrategyNotesTests
{
    private readonly StrategyNotes _notes = new();

    [Theory]
    [InlineData("""{"x":"a\u0000b"}""", "it holds the zero character.")]
    [InlineData("""{"a\u0000":1}""", "it holds the zero character.")]
    [InlineData("""{"x":[1e999999]}""", "it holds a number that is out of range: 1e999999.")]
    public void What_the_database_would_refuse_is_not_kept_and_its_owner_hears_of_it_once(string state, string why)
    {
        Assert.Null(_notes.Take(Keeping("""{"x":1}""")));

        var first = _notes.Take(Keeping(state));
        var second = _notes.Take(Keeping(state));

        Assert.EndsWith(why, first, StringComparison.Ordinal);
        Assert.Null(second);
        Assert.Contains("\"value\":{\"x\":1}", _notes.TakeChanged()["state"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_can_be_kept_again_is_kept_and_what_is_wrong_later_is_said_again()
    {
        _notes.Take(Keeping("""{"x":"\u0000"}"""));

        Assert.Null(_notes.Take(Keeping("""{"x":"y"}""")));
        Assert.Contains("\"value\":{\"x\":\"y\"}", _notes.TakeChanged()["state"], StringComparison.Ordinal);
        Assert.NotNull(_notes.Take(Keeping("""{"x":"\u0000"}""")));
    }

    [Fact]
    public void A_line_is_kept_without_the_zero_characters_of_its_name()
    {
        _notes.Take(new DoneFrame("bar", 1, Plots: [new PlotFrame("lin\0e", 5, 1.5), new PlotFrame("\0", 5, 1)]));

        Assert.Equal("""{"line":{"at":5,"value":1.5}}""", _notes.TakeChanged()["plots"]);
    }

    private static DoneFrame Keeping(string state) => new("bar", 1, State: new StateFrame(1, JsonElement.Parse(state)));
}
