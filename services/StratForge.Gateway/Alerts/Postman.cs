using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Posts what waits for webhooks, from every gateway: each takes what nobody else has taken. A post is made at least once.</summary>
internal sealed partial class Postman(
    DeliveryStore deliveries, WebhookPost post, IOptions<AlertOptions> options, TimeProvider clock, ILogger<Postman> logger) : BackgroundService
{
    private const int MostAtOnce = 32;

    // Another gateway's firings are found by looking.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    // What an attempt takes besides the receiver's time.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _woken = new(0, 1);

    /// <summary>Something waits.</summary>
    public void Wake()
    {
        try
        {
            _woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two wishes to look are one.
        }
    }

    /// <summary>Pause after an attempt: twice as long each time, give or take a quarter, so that what failed together is not tried together.</summary>
    internal static TimeSpan PauseAfter(int attempt, Guid deliveryId, TimeSpan first)
    {
        var pause = first * Math.Pow(2, attempt - 1);
        Span<byte> bytes = stackalloc byte[16];
        deliveryId.TryWriteBytes(bytes);
        // The last byte of an id is random.
        return (pause < LongestPause ? pause : LongestPause) * (0.75 + (bytes[15] / 510.0));
    }

    public override void Dispose()
    {
        _woken.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sending = new Dictionary<Guid, Task>();
        try
        {
            await PostAsync(sending, stoppingToken);
        }
        finally
        {
            await Task.WhenAll(sending.Values);
        }
    }

    private async Task PostAsync(Dictionary<Guid, Task> sending, CancellationToken stoppingToken)
    {
        while (true)
        {
            await _woken.WaitAsync(LookEvery, stoppingToken);
            foreach (var webhook in sending.Where(task => task.Value.IsCompleted).Select(task => task.Key).ToArray())
            {
                sending.Remove(webhook);
            }

            foreach (var delivery in await ClaimAsync(MostAtOnce - sending.Count, [.. sending.Keys], stoppingToken))
            {
                sending.Add(delivery.WebhookId, SendAsync(delivery, stoppingToken));
            }
        }
    }

    private async Task<List<ClaimedDelivery>> ClaimAsync(int most, Guid[] busy, CancellationToken cancellationToken)
    {
        try
        {
            return most == 0 ? [] : await deliveries.ClaimAsync(most, busy, options.Value.WebhookTimeout + Slack, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
            return [];
        }
    }

    private async Task SendAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            var began = clock.GetTimestamp();
            var outcome = await post.SendAsync(delivery, cancellationToken);
            AlertTelemetry.PostTime.Record(clock.GetElapsedTime(began).TotalSeconds);
            var isDead = !outcome.IsDelivered && (outcome.IsFinal || delivery.Attempt >= options.Value.WebhookAttempts);
            var nextAt = clock.Now() + PauseAfter(delivery.Attempt, delivery.Id, options.Value.WebhookRetryAfter);
            // What the receiver said has to be written even while this gateway stops, or it gets it again.
            await deliveries.EndAsync(delivery, outcome, outcome.IsDelivered ? "delivered" : isDead ? "dead" : "waiting", nextAt, CancellationToken.None);
            AlertTelemetry.Posts.Add(
                1, new KeyValuePair<string, object?>("outcome", outcome.IsDelivered ? "delivered" : isDead ? "dead" : "failed"));
            if (isDead)
            {
                LogDead(delivery.Id, delivery.WebhookId, delivery.Attempt, outcome.Error);
            }
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped in the middle: nobody knows whether the receiver has it, so another sends it again, and need not wait.
            await TryGiveBackAsync(delivery);
        }

        // This webhook may have more.
        Wake();
    }

    private async Task TryGiveBackAsync(ClaimedDelivery delivery)
    {
        try
        {
            await deliveries.EndAsync(
                delivery, new PostOutcome(false, false, null, "The gateway stopped in the middle.", null), "waiting", clock.Now(), CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Posts to webhooks go on at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Warning, "Delivery {DeliveryId} to webhook {WebhookId} is a dead letter after {Attempts} attempts: {Reason}")]
    private partial void LogDead(Guid deliveryId, Guid webhookId, int attempts, string? reason);
}
