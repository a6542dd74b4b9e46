using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StratForge.Worker.Signals;

/// <summary>How the gateway is reached.</summary>
internal sealed class GatewayOptions
{
    [ValidateObjectMembers]
    public GatewayAddress Gateway { get; set; } = new();

    [ValidateObjectMembers]
    public InternalCredential Internal { get; set; } = new();
}

/// <summary>Section <c>Gateway</c>.</summary>
internal sealed class GatewayAddress
{
    /// <summary>Root of the gateway's internal port: <c>http://localhost:3001</c>.</summary>
    [Required(ErrorMessage = "Set Gateway__InternalUrl to the root of the gateway's internal port."), Url]
    public string InternalUrl { get; set; } = "";
}

/// <summary>Section <c>Internal</c>.</summary>
internal sealed class InternalCredential
{
    /// <summary>The credential services show each other.</summary>
    [Required(ErrorMessage = "Set Internal__Key to the credential the gateway was given.")]
    public string Key { get; set; } = "";
}

/// <summary>Checks <see cref="GatewayOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
