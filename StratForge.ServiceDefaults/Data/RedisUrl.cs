using System.Globalization;

namespace StratForge.ServiceDefaults.Data;

/// <summary>A Redis server by its URL, <c>redis[s]://[:password@]host[:port][/database]</c>.</summary>
/// <param name="Host">Where it is.</param>
/// <param name="Port">Its port.</param>
/// <param name="Password">Null where it has none.</param>
/// <param name="IsSecured">Whether it speaks TLS.</param>
/// <param name="Database">Number of the database; null for the server's first.</param>
internal sealed record RedisUrl(string Host, int Port, string? Password, bool IsSecured, int? Database)
{
    private static readonly string[] s_schemes = ["redis", "rediss", "valkey"];

    /// <summary>Whether a text is meant as such a URL.</summary>
    public static bool IsMeant(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && s_schemes.Contains(uri.Scheme);

    /// <param name="url">The URL.</param>
    /// <param name="what">What it is, for a sentence about what is wrong with it.</param>
    /// <exception cref="InvalidOperationException">It is malformed, or asks for what is not known here. The sentence holds no password.</exception>
    public static RedisUrl Parse(string url, string what)
    {
        var store = StoreUrl.Parse(url, what, s_schemes);
        if (store.User is { } user and not "default")
        {
            // Without a password it is more likely one in the wrong place, which nobody is to read.
            var named = store.Password is null ? "a user and no password" : $"the user {user}";
            throw new InvalidOperationException($"{what} names {named}; only Redis's default user can be signed in: redis://:password@host.");
        }

        if (store.Options.Any())
        {
            throw new InvalidOperationException($"{what} has options, which it may not: {string.Join(", ", store.Options.Select(option => option.Name))}.");
        }

        var number = store.Uri.AbsolutePath.Trim('/');
        return new RedisUrl(
            store.Uri.Host,
            store.PortOr(6379),
            store.Password,
            store.Uri.Scheme == "rediss",
            number.Length == 0 ? null
                : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var database) ? database
                : throw new InvalidOperationException($"{what} ends in /{number}, which is not the number of a database."));
    }
}
