using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Hosting;

/// <summary>How often one may ask: configuration section <c>RateLimits</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests a minute from one address that take a password or a refresh token.</summary>
    /// <value>1 to 1,000,000. Default 30: enough for a classroom behind one address to sign in within a minute, few enough to make guessing
    /// passwords hopeless.</value>
    [Range(1, 1_000_000)]
    public int AuthPerMinute { get; set; } = 30;

    /// <summary>Requests a second of one user; he may save up half a minute's.</summary>
    /// <value>1 to 100,000. Default 50: a page asks for some ten things when it is opened, and a program that polls needs no more.</value>
    [Range(1, 100_000)]
    public int UserPerSecond { get; set; } = 50;

    /// <summary>Requests a second from one address by whoever is not signed in; half a minute's may be saved up.</summary>
    /// <value>1 to 100,000. Default 50.</value>
    [Range(1, 100_000)]
    public int AddressPerSecond { get; set; } = 50;
}

[OptionsValidator]
internal sealed partial class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>;
