using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Alerts;

/// <summary>How alerts are posted to webhooks: configuration section <c>Alerts</c>.</summary>
internal sealed class AlertOptions
{
    public const string Section = "Alerts";

    /// <summary>Key that the secrets of webhooks are encrypted with, as text. Another key makes them unreadable: their owners have to ask for new ones.</summary>
    /// <value>Any length. The secret of the access tokens is taken when this is not set.</value>
    public string SecretsKey { get; set; } = "";

    /// <summary>Whether webhooks may lead to addresses that are not public: this machine, its networks, the metadata of a cloud.</summary>
    /// <value>Default false: whoever may register could otherwise have the gateway speak to what only it can reach.</value>
    public bool AllowPrivateWebhooks { get; set; }

    /// <summary>How long one attempt may take, the name's resolution and the answer included.</summary>
    /// <value>100 ms to 1 minute. Default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts before a post is given up and kept as a dead letter.</summary>
    /// <value>1 to 20. Default 8: with the pauses between them about twenty minutes.</value>
    [Range(1, 20)]
    public int WebhookAttempts { get; set; } = 8;

    /// <summary>Pause after the first attempt. Each further one is twice as long, up to an hour, give or take a quarter.</summary>
    /// <value>1 ms to 1 hour. Default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan WebhookRetryAfter { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class AlertOptionsValidator : IValidateOptions<AlertOptions>;
