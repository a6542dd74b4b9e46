using System.Runtime.InteropServices;

namespace StratForge.Worker.Tests.Hostile;

/// <summary>One strategy below <c>Samples/Hostile</c>: what it tries and how it has to end, as its first lines say.</summary>
/// <remarks>
/// <code>
/// # Reads the password file.                          what it tries
/// # ends: STRATEGY_ERROR PermissionError              code, or several with | between; then words that its reason holds. RUNNING: it goes on, with these words in its log
/// # platform: COMPILE_ERROR is not available          C# only: what the platform's compiler says of it; <c>ends</c> is then of its run with all of .NET and unsafe code
/// # copies: 2                                         how many run at once
/// # only: x64                                         where its system calls have the numbers it uses
/// </code>
/// </remarks>
/// <param name="Name">Language and file, and <c>, compiled by the platform</c>.</param>
/// <param name="Language"><c>csharp</c> or <c>python</c>.</param>
/// <param name="Source">With placeholders for what is there to be found.</param>
/// <param name="HasAllOfDotNet">Whether it is compiled without the platform's list of what is available.</param>
/// <param name="Ends">Codes it may end with.</param>
/// <param name="Words">Found in the reason, or in the log of one that goes on.</param>
/// <param name="Copies">Sessions of it.</param>
internal sealed record HostileSample(
    string Name, string Language, string Source, bool HasAllOfDotNet, IReadOnlyList<string> Ends, string Words, int Copies)
{
    private const string Goes = "RUNNING";

    /// <summary>All that this machine can run.</summary>
    public static IReadOnlyList<HostileSample> All { get; } =
        [.. typeof(HostileSample).Assembly.GetManifestResourceNames().Where(IsSample).Order(StringComparer.Ordinal).SelectMany(Read)];

    /// <summary>Whether it is contained without being ended.</summary>
    public bool MayGoOn => Ends.Contains(Goes, StringComparer.Ordinal);

    private static bool IsSample(string resource) =>
        resource.StartsWith("csharp/", StringComparison.Ordinal) || resource.StartsWith("python/", StringComparison.Ordinal);

    private static IEnumerable<HostileSample> Read(string resource)
    {
        using var stream = typeof(HostileSample).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        var source = reader.ReadToEnd();
        var language = resource[..resource.IndexOf('/')];
        var header = source.Split('\n')
            .TakeWhile(line => line.StartsWith(language == "python" ? "# " : "// ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(' ') + 1)..].Split(": ", 2))
            .Where(line => line.Length == 2)
            .ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
        if (header.GetValueOrDefault("only") == "x64" && RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            yield break;
        }

        var name = resource[..resource.LastIndexOf('.')];
        var copies = int.Parse(header.GetValueOrDefault("copies", "1"));
        var hasPlatform = header.TryGetValue("platform", out var platform);
        yield return Make(name, header["ends"], hasPlatform);
        if (hasPlatform)
        {
            yield return Make(name + ", compiled by the platform", platform!, hasAllOfDotNet: false);
        }

        HostileSample Make(string title, string ends, bool hasAllOfDotNet)
        {
            var parts = ends.Split(' ', 2);
            return new HostileSample(
                title, language, source, hasAllOfDotNet, parts[0].Split('|'), parts.Length == 2 ? parts[1] : "", copies);
        }
    }
}
