using System.Text;

namespace StratForge.Gateway.Identity;

/// <summary>How access tokens are signed and how long sign-ins last. Section <c>Jwt</c>.</summary>
internal sealed class JwtOptions
{
    public const string Section = "Jwt";

    /// <summary>Key of the HMAC-SHA256 signature, as text. Everyone who knows it can be anyone.</summary>
    /// <value>At least 32 bytes. <c>JWT_SECRET</c> is taken when this is not set.</value>
    public string Secret { get; set; } = "";

    /// <summary>Life of an access token.</summary>
    /// <value>1 minute to 1 day. Default 15 minutes: API clients hold a refresh token.</value>
    public TimeSpan AccessTokenLife { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Life of a browser's cookie; renewed in passing when half of it is over.</summary>
    /// <value>Default 12 hours: a trading day.</value>
    public TimeSpan CookieLife { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Life of a refresh token that is not used.</summary>
    /// <value>Default 30 days.</value>
    public TimeSpan RefreshTokenLife { get; set; } = TimeSpan.FromDays(30);

    public byte[] Key => Encoding.UTF8.GetBytes(Secret);

    public bool IsLongEnough => Encoding.UTF8.GetByteCount(Secret) >= 32;

    public bool LivesAreSensible =>
        AccessTokenLife >= TimeSpan.FromMinutes(1) && AccessTokenLife <= TimeSpan.FromDays(1)
        && CookieLife >= AccessTokenLife && RefreshTokenLife >= CookieLife;
}
