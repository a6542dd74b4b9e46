using System.ComponentModel;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Users;

/// <summary>Which users to list.</summary>
internal sealed record UserFilter : IValidated
{
    public const string Active = "active";
    public const string Locked = "locked";

    private const int LongestSearch = 100;

    [Description("Those whose email or name holds this, in any case; at most 100 characters.")]
    public string? Search { get; init; }

    [Description("active or locked.")]
    public string? State { get; init; }

    /// <summary>What the email or the name has to be like; null when any.</summary>
    public string? Pattern => string.IsNullOrWhiteSpace(Search)
        ? null
        : $"%{Search.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    public void Validate(FieldErrors errors)
    {
        if (Search is { Length: > 0 } && !string.IsNullOrWhiteSpace(Search))
        {
            errors.Require("search", Search, LongestSearch);
        }

        if (State is not (null or Active or Locked))
        {
            errors.Add("state", $"may be {Active} or {Locked}.");
        }
    }
}
