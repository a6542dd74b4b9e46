using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Identity;

/// <summary>The browser's sign-in: an access token in a cookie that scripts can't read and other sites can't make it send.</summary>
internal sealed class SessionCookie(AccessTokens accessTokens, UserStore users, IOptions<JwtOptions> options, TimeProvider clock)
{
    public const string Name = "sf_session";

    /// <summary>Header that unsafe requests carry beside the cookie. Another site's form can't set it.</summary>
    public const string ClientHeader = "X-SF-Client";

    public void Set(HttpContext context, Caller caller)
    {
        var life = options.Value.CookieLife;
        context.Response.Cookies.Append(Name, accessTokens.Issue(caller, life), Attributes(context, life));
    }

    public static void Clear(HttpContext context) =>
        context.Response.Cookies.Append(Name, "", Attributes(context, TimeSpan.Zero));

    /// <summary>Issues it anew when half of its life is over, with the role that its owner has by then.</summary>
    public async Task RenewIfAgedAsync(HttpContext context, Caller caller, DateTimeOffset expiresAt)
    {
        if (expiresAt - clock.GetUtcNow() < options.Value.CookieLife / 2 && !context.Response.HasStarted
            && await users.FindAsync(caller.UserId, context.RequestAborted) is { Role: var role })
        {
            Set(context, caller with { Role = role });
        }
    }

    private static CookieOptions Attributes(HttpContext context, TimeSpan life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = life,
    };
}
