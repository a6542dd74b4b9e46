namespace StratForge.Gateway.Dashboard;

/// <summary>What a browser may do with what we answer.</summary>
internal static class ContentSecurityPolicy
{
    /// <summary>Data is not a page: nothing in it runs, loads or is framed.</summary>
    public const string OfData = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The API explorer brings its own inline styles and pictures.</summary>
    public const string OfApiExplorer =
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Our own files only; no inline script, no evaluation; inline style elements by nonce; live data from here alone.</summary>
    public static string OfPage(string nonce) =>
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; " +
        $"style-src-elem 'self' 'nonce-{nonce}'; style-src-attr 'none'; manifest-src 'self'; " +
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}
