namespace StratForge.Gateway.Identity;

/// <summary>Whether a browser's request comes from our own pages (or from a site that the configuration lists).</summary>
internal sealed class SameOrigin(IConfiguration configuration)
{
    private readonly HashSet<string> _listed = new(Listed(configuration), StringComparer.OrdinalIgnoreCase);

    /// <summary>Sites of <c>Cors__Origins</c>, separated by commas: <c>https://desk.example.org</c>.</summary>
    public static string[] Listed(IConfiguration configuration) =>
        configuration["Cors:Origins"]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>Whether a page of this gateway sent it, by the browser's own word.</summary>
    public static bool IsOwn(HttpRequest request) =>
        string.Equals(request.Headers.Origin.ToString(), $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    public bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            ? IsOwn(request) || _listed.Contains(origin)
            // Browsers name the origin of every unsafe request; without it at most a browser of long ago is asking.
            : request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin";
    }
}
