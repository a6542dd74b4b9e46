using System.Text.Json;

namespace StratForge.Gateway.Sessions;

/// <summary>What a strategy leaves for its owner to look at, beside its log; may lag by a second. Its marks are lines of the log.</summary>
/// <param name="Plots">The newest value of each line that it plots, by name.</param>
/// <param name="State">What it keeps across restarts, as JSON; null when it keeps nothing.</param>
public sealed record SessionNotes(IReadOnlyList<PlotValue> Plots, JsonElement? State)
{
    /// <summary>Reads what its worker stored: an object of lines, each with the time of its value and the value.</summary>
    internal static SessionNotes Of(string? plots, JsonElement? state)
    {
        if (plots is null)
        {
            return new SessionNotes([], state);
        }

        using var document = JsonDocument.Parse(plots);
        return new SessionNotes(
            [
                .. document.RootElement.EnumerateObject().Select(line => new PlotValue(
                    line.Name,
                    DateTimeOffset.FromUnixTimeMilliseconds(line.Value.GetProperty("at").GetInt64()),
                    line.Value.GetProperty("value").GetDouble())),
            ],
            state);
    }
}

/// <summary>One value of one line of a strategy's chart.</summary>
/// <param name="Name">The line.</param>
/// <param name="At">Time of the event, on the market's clock.</param>
/// <param name="Value">The value.</param>
public sealed record PlotValue(string Name, DateTimeOffset At, double Value);
