using System.Net;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Where alerts are posted to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Url">Where to.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Webhook(Guid Id, string Name, string Url, DateTimeOffset CreatedAt);

/// <summary>A webhook with its secret, which is shown this once.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret">Key of the signatures. Nobody can read it again; ask for a new one when it is lost.</param>
public sealed record WebhookWithSecret(Webhook Webhook, string Secret);

/// <summary>All webhooks of a user, newest first.</summary>
/// <param name="Items">At most 10.</param>
public sealed record WebhookList(IReadOnlyList<Webhook> Items);

/// <summary>A webhook to make.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Url">An <c>https</c> or <c>http</c> address without user and password, at most 2,000 characters.</param>
public sealed record NewWebhook(string? Name, string? Url) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        errors.Require("name", Name, AlertBounds.LongestName);
        WebhookAddress.Check(errors, Url);
    }
}

/// <summary>What to change of a webhook; what is left out stays.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Url">As of a new one. Posts that wait go there too.</param>
public sealed record WebhookPatch(string? Name = null, string? Url = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Name is not null)
        {
            errors.Require("name", Name, AlertBounds.LongestName);
        }

        if (Url is not null)
        {
            WebhookAddress.Check(errors, Url);
        }
    }
}

/// <summary>What an address of a webhook may look like.</summary>
internal static class WebhookAddress
{
    private const int Longest = 2000;

    public static void Check(FieldErrors errors, string? url)
    {
        if (!errors.Require("url", url, Longest))
        {
            return;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.UserInfo.Length > 0 || address.Host.Length == 0)
        {
            errors.Add("url", "has to be an https or http address without user and password.");
        }
    }

    /// <summary>Whether an address names a place that is not public, as far as that can be told without asking anyone.</summary>
    public static bool IsPlainlyPrivate(string url)
    {
        var address = new Uri(url);
        return IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var ip)
            ? !PublicAddresses.Contains(ip)
            : address.IdnHost.TrimEnd('.') is var host
              && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase));
    }
}
