using System.Globalization;

namespace StratForge.Benchmarks.Measuring;

/// <summary>What follows a benchmark's name on the command line: pairs of <c>--name value</c>.</summary>
internal sealed class RunOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="arguments">As given.</param>
    /// <param name="known">Names that the benchmark knows, without <c>--output</c>, which all know.</param>
    /// <exception cref="UsageException">There is a name that it does not know, or one without a value.</exception>
    public RunOptions(string[] arguments, params string[] known)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!known.Contains(arguments[i]) && arguments[i] != "--output")
            {
                throw new UsageException($"Unknown option {arguments[i]}; there are {string.Join(", ", known)} and --output.");
            }

            _values[arguments[i]] = i + 1 < arguments.Length
                ? arguments[i + 1]
                : throw new UsageException($"{arguments[i]} needs a value.");
        }

        Text = string.Join(' ', _values.Where(option => option.Key != "--output").Select(option => $"{option.Key} {option.Value}"));
    }

    /// <summary>Those that bear on the figures, as typed.</summary>
    public string Text { get; }

    /// <exception cref="UsageException">It is no number above zero.</exception>
    public int Number(string name, int fallback) => _values.TryGetValue(name, out var text) ? Parse(name, text) : fallback;

    /// <exception cref="UsageException">One of them is no number above zero.</exception>
    public int[] Numbers(string name, string fallback) => [.. Of(name, fallback).Split(',').Select(text => Parse(name, text))];

    /// <summary>One of some words, the first unless another is given.</summary>
    /// <exception cref="UsageException">Another word is given.</exception>
    public string OneOf(string name, params string[] words)
    {
        var word = Of(name, words[0]);
        return words.Contains(word) ? word : throw new UsageException($"{name} is {string.Join(" or ", words)}, not '{word}'.");
    }

    /// <summary>Prints the report and, if a file was named, writes it there.</summary>
    public async Task PublishAsync(string report)
    {
        Console.WriteLine(report);
        if (_values.TryGetValue("--output", out var file))
        {
            await File.WriteAllTextAsync(file, report);
        }
    }

    private string Of(string name, string fallback) => _values.GetValueOrDefault(name, fallback);

    private static int Parse(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new UsageException($"{name} takes whole numbers above zero, not '{text}'.");
}

/// <summary>The command line can't be followed; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
