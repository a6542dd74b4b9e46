namespace StratForge.Gateway.Dashboard;

/// <summary>What a browser may do with our page. Every other answer is data; the gateway forbids it everything.</summary>
internal static class ContentSecurityPolicy
{
    /// <summary>Our own files only; no inline script, no evaluation; inline style elements by nonce; live data from here alone.</summary>
    public static string OfPage(string nonce) =>
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; " +
        $"style-src-elem 'self' 'nonce-{nonce}'; style-src-attr 'none'; manifest-src 'self'; " +
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}
