using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Replays;

/// <summary>Compares what a strategy emits in a replay with what the gateway has of it.</summary>
internal static class SignalComparison
{
    /// <summary>The first thing that is not the same at one event.</summary>
    /// <param name="place">The event, as a difference names it.</param>
    /// <param name="at">Its time on the market's clock.</param>
    /// <param name="recorded">As recorded, in their order.</param>
    /// <param name="emitted">As they came out now.</param>
    public static ReplayDifference? Find(
        string place, DateTimeOffset at, IReadOnlyList<RecordedSignal> recorded, IReadOnlyList<ExecuteSignal> emitted)
    {
        for (var i = 0; i < Math.Max(recorded.Count, emitted.Count); i++)
        {
            if (i >= recorded.Count || i >= emitted.Count)
            {
                return new ReplayDifference(
                    place, at, $"signal {i + 1}",
                    i < recorded.Count ? $"{recorded[i].Action} {Text(recorded[i].Quantity)}" : "none",
                    i < emitted.Count ? $"{ActionOf(emitted[i])} {Text(emitted[i].Quantity)}" : "none");
            }

            foreach (var (field, expected, got) in Fields(recorded[i], emitted[i]))
            {
                if (expected != got)
                {
                    return new ReplayDifference(place, at, $"signal {i + 1} {field}", expected, got);
                }
            }
        }

        return null;
    }

    private static IEnumerable<(string Field, string Expected, string Got)> Fields(RecordedSignal recorded, ExecuteSignal emitted)
    {
        yield return ("position", Text(recorded.Ordinal), Text(emitted.Ordinal));
        yield return ("symbol", recorded.Symbol, emitted.Symbol);
        yield return ("action", recorded.Action, ActionOf(emitted));
        yield return ("quantity", Text(recorded.Quantity), Text(emitted.Quantity));
        yield return ("confidence", Text(recorded.Confidence), Text(emitted.Confidence));
        yield return ("order type", recorded.OrderType, emitted.OrderType ?? "market");
        yield return ("limit price", Text(recorded.LimitPrice), Text(emitted.LimitPrice));
        yield return ("time", Text(recorded.GeneratedAt), Text(emitted.GeneratedAt));

        // The database keeps a document, not its text: blanks and the order of names are not its own.
        var same = recorded.Metadata is { } expected && emitted.Metadata is { } got
            ? JsonElement.DeepEquals(expected, got)
            : recorded.Metadata is null && emitted.Metadata is null;
        yield return ("metadata", recorded.Metadata?.GetRawText() ?? "none", same ? recorded.Metadata?.GetRawText() ?? "none" : emitted.Metadata?.GetRawText() ?? "none");
    }

    private static string ActionOf(ExecuteSignal signal) => signal.Action == Side.Buy ? "BUY" : "SELL";

    private static string Text(decimal? value) => value?.ToString("0.############", CultureInfo.InvariantCulture) ?? "none";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
