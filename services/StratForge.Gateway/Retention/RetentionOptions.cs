using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Retention;

/// <summary>How long what is only looked back at is kept: configuration section <c>Retention</c>. Zero, or nothing, keeps it for ever.</summary>
/// <remarks>Days may be written as a plain number: <c>Retention__SessionLogs=90</c>.</remarks>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Log lines of a session, counted from its end.</summary>
    /// <value>1 day or more. Default 90 days: who wants to know why something happened asks within weeks.</value>
    [KeptFor(leastDays: 1)]
    public TimeSpan? SessionLogs { get; set; } = TimeSpan.FromDays(90);

    /// <summary>What a session was told, counted from its end. Without it the session can't be replayed.</summary>
    /// <value>1 day or more. Default 180 days: a bar takes 56 bytes of each session that saw it, a trade or a quote 50.</value>
    [KeptFor(leastDays: 1)]
    public TimeSpan? Tapes { get; set; } = TimeSpan.FromDays(180);

    /// <summary>What was decided about orders on their way to the broker.</summary>
    /// <value>1 day or more. Default 180 days.</value>
    [KeptFor(leastDays: 1)]
    public TimeSpan? RoutingDecisions { get; set; } = TimeSpan.FromDays(180);

    /// <summary>What was sent to the broker, counted from its last change once it is over. Orders of users and their trades stay.</summary>
    /// <value>30 days or more, since a venue may speak of an order for weeks after it is over. Default 365 days.</value>
    [KeptFor(leastDays: 30)]
    public TimeSpan? BrokerOrders { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Events of users that streams resume from.</summary>
    /// <value>1 day or more. Default 90 days: a client that was away for longer reads its orders and portfolio anew.</value>
    [KeptFor(leastDays: 1)]
    public TimeSpan? UserEvents { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Replays, downloads and imports with what came of them, counted from their end.</summary>
    /// <value>1 day or more. Default 180 days.</value>
    [KeptFor(leastDays: 1)]
    public TimeSpan? Jobs { get; set; } = TimeSpan.FromDays(180);

    /// <summary>Pause between two runs.</summary>
    /// <value>1 minute to 1 day. Default 1 hour.</value>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Rows deleted in one transaction.</summary>
    /// <value>1 to 10,000. Default 1,000: some ten milliseconds.</value>
    [Range(1, 10_000)]
    public int Batch { get; set; } = 1_000;

    /// <summary>The least pause after a batch. It is at least as long as the batch took, so that retention never has more than half of a connection.</summary>
    /// <value>0 to 1 minute. Default 50 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);
}

[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
