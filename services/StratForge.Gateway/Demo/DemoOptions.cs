namespace StratForge.Gateway.Demo;

/// <summary>Whether a fresh install shows life. Section <c>Demo</c>.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>Creates a demo user with running sessions on the first start. Default off: a platform for others has no spare account.</summary>
    public bool Enabled { get; set; }

    /// <summary>The demo user's password; drawn at random and printed once when it is not given.</summary>
    /// <value>10 to 256 characters.</value>
    public string? Password { get; set; }

    /// <summary>Where people reach the gateway, for the line that says so. Default: the first address it listens on.</summary>
    public string? Url { get; set; }

    public bool PasswordIsSensible => Password is null or { Length: >= 10 and <= 256 };
}
