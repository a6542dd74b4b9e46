using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace StratForge.LocalHosting.Dashboard;

/// <summary>Lets in whoever knows a secret of this run: this machine's address is open to every account on it, and the logs hold passwords.</summary>
/// <remarks>
/// People and scripts have the token, services have a key that only takes telemetry in. The names of variables, header and login address are Aspire's.
/// The cookie is neither of the two: browsers send it to every port of this machine, and whoever listens on another one has no use for it after the run.
/// </remarks>
internal sealed class DashboardAccess
{
    /// <summary>The header telemetry comes with.</summary>
    public const string OtlpKeyHeader = "x-otlp-api-key";

    private const string Bearer = "Bearer ";

    private readonly string _session = NewSecret();

    /// <param name="configuration">May give a token of its own, or let everybody in.</param>
    public DashboardAccess(IConfiguration configuration)
    {
        if (bool.TryParse(Setting(configuration, "UNSECURED_ALLOW_ANONYMOUS"), out var anonymous) && anonymous)
        {
            return;
        }

        Token = Setting(configuration, "FRONTEND_BROWSERTOKEN") is { Length: > 0 } given ? given : NewSecret();
        OtlpKey = NewSecret();
    }

    /// <summary>Opens the page and its JSON; null when everybody may.</summary>
    public string? Token { get; }

    /// <summary>Takes telemetry in; null when everybody may send some.</summary>
    public string? OtlpKey { get; }

    public bool MaySend(HttpRequest request) => OtlpKey is null || Same(request.Headers[OtlpKeyHeader], OtlpKey);

    public bool MayLook(HttpRequest request) =>
        Token is null
        || Same(request.Cookies[CookieOf(request)], _session)
        || (request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && Same(header[Bearer.Length..], Token));

    /// <summary>From the address with the token to the page itself, with a cookie instead of the token.</summary>
    /// <returns>False when the token is not this run's.</returns>
    public bool SignIn(HttpContext context)
    {
        if (Token is not null)
        {
            if (!Same(context.Request.Query["t"], Token))
            {
                return false;
            }

            // Lax, because the address may be a link in a terminal that is a web page itself; nothing here is changed by a GET.
            context.Response.Cookies.Append(
                CookieOf(context.Request), _session, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true });
        }

        context.Response.Redirect("/");
        return true;
    }

    private static string NewSecret() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string? Setting(IConfiguration configuration, string name) =>
        configuration[$"ASPIRE_DASHBOARD_{name}"] ?? configuration[$"DOTNET_DASHBOARD_{name}"];

    // Cookies know no ports, and several applications may run here.
    private static string CookieOf(HttpRequest request) => $"stratforge-page-{request.Host.Port}";

    private static bool Same(string? given, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(secret));
}
