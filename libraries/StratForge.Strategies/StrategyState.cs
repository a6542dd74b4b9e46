using System.Text;
using System.Text.Json;

namespace StratForge.Strategies;

/// <summary>What a strategy keeps: stored with the session after each event that changed it.</summary>
/// <remarks>Values are whatever becomes JSON: numbers, texts, booleans, arrays, records. A value is taken as it is when it is set. At most 16 KiB in all.</remarks>
public sealed class StrategyState
{
    private const int Most = Contracts.Hosting.HostProtocol.MaxState;

    private readonly SortedDictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private int _bytes = 2;

    internal StrategyState()
    {
    }

    /// <summary>How many values there are.</summary>
    public int Count => _values.Count;

    /// <summary>The <see cref="Strategy.StateVersion"/> with which it was kept: in <see cref="Strategy.OnRestore"/> perhaps an older one.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>Whether it changed since it was handed on.</summary>
    internal bool HasChanged { get; private set; }

    /// <summary>The value kept under a name, or <paramref name="otherwise"/> when there is none.</summary>
    /// <exception cref="InvalidOperationException">What is kept there is of another kind.</exception>
    public T Get<T>(string name, T otherwise)
    {
        if (!_values.TryGetValue(name, out var json))
        {
            return otherwise;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(json)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException($"State '{name}' holds {Encoding.UTF8.GetString(json)}, which is no {typeof(T).Name}.", exception);
        }
    }

    /// <summary>Keeps a value under a name.</summary>
    /// <exception cref="ArgumentException">It can't be written as JSON, or more than 16 KiB would be kept.</exception>
    public void Set<T>(string name, T value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        byte[] json;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(value, Running.SignalJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new ArgumentException($"State '{name}' can't be written as JSON: {exception.Message}", exception);
        }

        var bytes = _bytes + SizeOf(name, json) - (_values.TryGetValue(name, out var before) ? SizeOf(name, before) : 0);
        if (bytes > Most)
        {
            throw new ArgumentException($"With '{name}' the state is {bytes} bytes of JSON; {Most} are kept.");
        }

        HasChanged |= before is null || !json.AsSpan().SequenceEqual(before);
        _values[name] = json;
        _bytes = bytes;
    }

    /// <summary>Forgets a value; nothing happens when there is none.</summary>
    public void Remove(string name)
    {
        if (_values.Remove(name, out var before))
        {
            _bytes -= SizeOf(name, before);
            HasChanged = true;
        }
    }

    internal void Restore(int version, JsonElement value)
    {
        Version = version;
        foreach (var property in value.EnumerateObject())
        {
            Set(property.Name, property.Value);
        }

        HasChanged = false;
    }

    /// <summary>All of it as one JSON object, names in ordinal order; it then counts as handed on.</summary>
    internal byte[] TakeJson(int version)
    {
        Version = version;
        HasChanged = false;
        using var text = new MemoryStream(_bytes);
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = Running.SignalJson.Options.Encoder }))
        {
            json.WriteStartObject();
            foreach (var (name, value) in _values)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private static int SizeOf(string name, byte[] json) => Encoding.UTF8.GetByteCount(name) + json.Length + 4;
}
