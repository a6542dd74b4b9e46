using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace StratForge.Gateway.Dashboard;

/// <summary>One file of the built page, held in memory in every encoding the build wrote.</summary>
/// <param name="ContentType">Media type, with the charset where it is text.</param>
/// <param name="ETag">From the SHA-256 of the uncompressed bytes; weak, since every encoding bears the same.</param>
/// <param name="Raw">The bytes as they are.</param>
/// <param name="Brotli">The same, brotli; null where compressing does not pay (fonts, pictures).</param>
/// <param name="Gzip">The same, gzip: what browsers accept on plain HTTP from another machine.</param>
internal sealed record DashboardFile(
    string ContentType, EntityTagHeaderValue ETag, byte[] Raw, byte[]? Brotli, byte[]? Gzip)
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    public static DashboardFile Read(string path)
    {
        var raw = File.ReadAllBytes(path);
        return new DashboardFile(
            TypeOf(path),
            new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(raw).AsSpan(0, 16))}\"", isWeak: true),
            raw,
            ReadTwin(path + ".br"),
            ReadTwin(path + ".gz"));
    }

    /// <summary>The smallest form that the client takes.</summary>
    /// <param name="accepted">The request's <c>Accept-Encoding</c>.</param>
    public (byte[] Bytes, string? Encoding) For(IList<StringWithQualityHeaderValue> accepted)
    {
        if (Brotli is { } brotli && Takes(accepted, "br"))
        {
            return (brotli, "br");
        }

        return Gzip is { } gzip && Takes(accepted, "gzip") ? (gzip, "gzip") : (Raw, null);
    }

    private static bool Takes(IList<StringWithQualityHeaderValue> accepted, string encoding)
    {
        foreach (var one in accepted)
        {
            if (one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
            {
                return one.Quality is not 0;
            }
        }

        return false;
    }

    private static string TypeOf(string path)
    {
        if (!ContentTypes.TryGetContentType(path, out var type))
        {
            type = "application/octet-stream";
        }

        return type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type;
    }

    private static byte[]? ReadTwin(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;
}
