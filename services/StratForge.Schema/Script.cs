using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace StratForge.Schema;

/// <summary>One SQL script of <c>Scripts/</c>. Once released it is never edited: what changes the schema is a new script.</summary>
/// <param name="Name">File name without extension: <c>0001_initial</c>. Scripts apply in its order.</param>
/// <param name="Sql">Its text.</param>
public sealed record Script(string Name, string Sql)
{
    private const string Prefix = "Scripts/";

    /// <summary>Every script of this assembly, in order.</summary>
    public static IReadOnlyList<Script> All { get; } = Load();

    /// <summary>SHA-256 of the text in hexadecimal, line ends taken as LF so that a checkout's settings do not matter.</summary>
    public string Checksum => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    private static Script[] Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new Script(Path.GetFileNameWithoutExtension(name[Prefix.Length..]), Read(assembly, name))),
        ];
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>A script as the database remembers it.</summary>
internal sealed record AppliedScript(string Name, string Checksum);
