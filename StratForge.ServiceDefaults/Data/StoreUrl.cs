namespace StratForge.ServiceDefaults.Data;

/// <summary>Where a store is and who we are there, in the one line that hosts hand out: <c>scheme://user:password@host:port/path?name=value</c>.</summary>
/// <remarks>Services and the local engine read the same lines, and neither references the other: these files are compiled into both.</remarks>
/// <param name="Uri">The line itself.</param>
/// <param name="User">Null where it names none.</param>
/// <param name="Password">Null where it has none.</param>
internal sealed record StoreUrl(Uri Uri, string? User, string? Password)
{
    /// <param name="url">The line.</param>
    /// <param name="what">What it is, for a sentence about what is wrong with it.</param>
    /// <param name="schemes">Any of these; the first is the usual one.</param>
    /// <exception cref="InvalidOperationException">It is no such line. The sentence holds no secret.</exception>
    public static StoreUrl Parse(string url, string what, params string[] schemes)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !schemes.Contains(uri.Scheme))
        {
            throw new InvalidOperationException($"{what} is not a URL that begins with {schemes[0]}://.");
        }

        var credentials = uri.UserInfo.Split(':', 2);
        return new StoreUrl(
            uri,
            credentials[0].Length > 0 ? Uri.UnescapeDataString(credentials[0]) : null,
            credentials is [_, var password] ? Uri.UnescapeDataString(password) : null);
    }

    /// <summary>The port, or what is usual for the store.</summary>
    public int PortOr(int usual) => Uri.Port > 0 ? Uri.Port : usual;

    /// <summary>What stands behind the question mark; empty for a name without a value.</summary>
    public IEnumerable<(string Name, string Value)> Options =>
        Uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2) is [var name, var value] ? (name, Uri.UnescapeDataString(value)) : (part, ""));
}
