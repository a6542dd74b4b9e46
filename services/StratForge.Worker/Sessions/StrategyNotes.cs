using System.Globalization;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Sessions;

/// <summary>What a strategy leaves for its owner to look at: what it keeps, and the newest value of each line of its chart.</summary>
/// <remarks>Both stand in <c>sessions.state_metadata</c>, under <c>state</c> and <c>plots</c>, written together with the place up to which the session
/// is settled.</remarks>
internal sealed class StrategyNotes
{
    private const int MostLines = 32;
    private const int LongestName = 64;

    private readonly Dictionary<string, string> _changed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, PlotFrame> _newest = new(StringComparer.Ordinal);
    private string? _flaw;

    /// <summary>Takes the notes of an answer.</summary>
    /// <param name="done">The answer; anything in it may be missing or odd.</param>
    /// <returns>Why what the strategy keeps is not stored, for its owner; null when it is, or when that was said before.</returns>
    public string? Take(DoneFrame done)
    {
        TakePlots(done);
        if (done.State is not { Value.ValueKind: JsonValueKind.Object } state)
        {
            return null;
        }

        var before = _flaw;
        _flaw = StorableJson.FlawOf(state.Value, HostProtocol.MaxState);
        if (_flaw is not null)
        {
            return _flaw == before ? null : $"What the strategy keeps is not stored: it {_flaw}.";
        }

        _changed["state"] = Json(json =>
        {
            json.WriteNumber("version"u8, state.Version);
            json.WritePropertyName("value"u8);
            state.Value.WriteTo(json);
            json.WriteString("of"u8, done.Of);
            json.WriteNumber("seq"u8, done.Seq);
        });
        return null;
    }

    /// <summary>What changed since the last call: name and JSON.</summary>
    public IReadOnlyDictionary<string, string> TakeChanged()
    {
        var changed = new Dictionary<string, string>(_changed, StringComparer.Ordinal);
        _changed.Clear();
        return changed;
    }

    /// <summary>A log line as text: the message, then its figures.</summary>
    public static string TextOf(LogFrame line) =>
        line.Fields is { ValueKind: JsonValueKind.Object } fields ? $"{line.Message} {fields.GetRawText()}" : line.Message ?? "";

    /// <summary>A mark as a line of the log.</summary>
    public static string TextOf(MarkFrame mark) =>
        mark.Price is { } price ? string.Create(CultureInfo.InvariantCulture, $"mark at {price}: {mark.Text}") : $"mark: {mark.Text}";

    // The zero character, which the database refuses, stands in no name that anybody reads.
    private void TakePlots(DoneFrame done)
    {
        var changed = false;
        foreach (var plot in done.Plots ?? [])
        {
            if (plot.Name?.Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 and <= LongestName } name && double.IsFinite(plot.Value)
                && (_newest.Count < MostLines || _newest.ContainsKey(name)))
            {
                _newest[name] = plot;
                changed = true;
            }
        }

        if (changed)
        {
            _changed["plots"] = Json(WritePlots);
        }
    }

    private void WritePlots(Utf8JsonWriter json)
    {
        foreach (var (name, plot) in _newest)
        {
            json.WriteStartObject(name);
            json.WriteNumber("at"u8, plot.At);
            json.WriteNumber("value"u8, plot.Value);
            json.WriteEndObject();
        }
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
