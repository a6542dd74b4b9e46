using System.Globalization;
using System.Threading.Channels;
using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Writes what watched values do to alerts: one after the other of an alert, together what comes together.</summary>
internal sealed partial class AlertFirings(AlertStore store, BookKeeper books, TimeProvider clock, ILogger<AlertFirings> logger) : BackgroundService
{
    // Each alert waits here once at most; beyond this a value is looked at again when the next one comes.
    private const int MostWaiting = 16_384;

    // Firings that share a transaction.
    private const int LargestGroup = 128;

    private readonly Channel<AlertTurn> _turns = Channel.CreateBounded<AlertTurn>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Told of alerts whose turn is over, so that values that came meanwhile are looked at.</summary>
    public Action<WatchedAlert>? Settled { get; set; }

    /// <summary>Told when something may have to be posted.</summary>
    public Action? Fired { get; set; }

    /// <summary>Told when an alert was not as it was known here.</summary>
    public Action? Overtaken { get; set; }

    /// <summary>Looks at a value of an alert and has written what it does. Never waits.</summary>
    public void Look(WatchedAlert alert, decimal value, DateTimeOffset? marketAt)
    {
        if (alert.Look(value, marketAt, clock.Now()) is { } turn && !_turns.Writer.TryWrite(turn))
        {
            alert.Forget();
        }
    }

    /// <summary>Lets an alert fire because something happened.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="message">What happened.</param>
    /// <param name="subject">What it happened to.</param>
    /// <param name="sessionId">The session, if it was one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether it fired.</returns>
    public async Task<bool> FireAsync(WatchedAlert alert, string message, string subject, Guid? sessionId, CancellationToken cancellationToken)
    {
        var rule = alert.Rule;
        return !alert.IsOver && await TryFireAsync(alert, EventOf(rule, message, rule.Symbol, sessionId, null), rule.Side, subject, null, cancellationToken);
    }

    /// <summary>Lets an alert fire as a test.</summary>
    /// <returns>The firing.</returns>
    /// <exception cref="PostgresException">The alert was changed or fired at this moment: <see cref="FireAlert.Overtaken"/>.</exception>
    public async Task<Guid> TestAsync(AlertRule rule, CancellationToken cancellationToken)
    {
        var told = EventOf(rule, $"This is a test of the alert \"{rule.Name}\".", rule.Symbol, rule.SessionId, null) with { IsTest = true };
        await WriteAsync(rule, told, rule.Side, null, null, cancellationToken);
        return told.FiringId;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _turns.Reader.WaitToReadAsync(stoppingToken))
        {
            var turns = new List<AlertTurn>();
            while (turns.Count < LargestGroup && _turns.Reader.TryRead(out var turn))
            {
                turns.Add(turn);
            }

            await TurnAsync(turns.FindAll(turn => !turn.Fires), stoppingToken);
            await Task.WhenAll(turns.Where(turn => turn.Fires).Select(turn => TryFireAsync(
                turn.Alert,
                EventOf(turn.Alert.Rule, AlertSentences.Of(turn), turn.Alert.Rule.Symbol, turn.Alert.Rule.SessionId, turn.Value),
                turn.Side, null, turn.MarketAt, stoppingToken)));
            foreach (var turn in turns)
            {
                Settled?.Invoke(turn.Alert);
            }
        }
    }

    private async Task TurnAsync(List<AlertTurn> turns, CancellationToken cancellationToken)
    {
        if (turns.Count == 0)
        {
            return;
        }

        try
        {
            await store.TurnAsync(turns, cancellationToken);
            turns.ForEach(turn => turn.Alert.Turned(turn.Side));
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
            turns.ForEach(turn => turn.Alert.Forget());
        }
    }

    private async Task<bool> TryFireAsync(
        WatchedAlert alert, AlertEvent told, int side, string? subject, DateTimeOffset? marketAt, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(alert.Rule, told, side, subject, marketAt, cancellationToken);
            alert.Fired(side, clock.Now());
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is FireAlert.Overtaken or PostgresErrorCodes.UniqueViolation)
        {
            // Its owner changed it, or another gateway was first: whatever it is now is read again.
            alert.Overtaken();
            Overtaken?.Invoke();
            return false;
        }
        catch (Exception exception) when (exception is NpgsqlException or NotLeadingException or TimeoutException)
        {
            // Written or not, the next attempt has the same number.
            LogPostponed(exception.Message);
            alert.Forget();
            return false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever is wrong with this one, the others are not to wait for it. It is tried again when the alerts are read next.
            LogFault(exception, alert.Rule.Id, alert.Rule.UserId);
            alert.Overtaken();
            return false;
        }
    }

    private async Task WriteAsync(AlertRule rule, AlertEvent told, int side, string? subject, DateTimeOffset? marketAt, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Guid[] deliveries = [.. rule.WebhookIds.Select(_ => Guid.CreateVersion7(now))];
        await books.AskAsync(new FireAlert(rule, side, told, subject, marketAt, deliveries), cancellationToken);
        AlertTelemetry.Fired.Add(1, new KeyValuePair<string, object?>("kind", rule.Kind.Name));
        Fired?.Invoke();
    }

    private AlertEvent EventOf(AlertRule rule, string message, string? symbol, Guid? sessionId, decimal? value) =>
        new(Guid.CreateVersion7(clock.GetUtcNow()), rule.Id, rule.Name, rule.Kind.Name, message, symbol, sessionId, rule.Level, value);

    [LoggerMessage(LogLevel.Warning, "Alerts fire at the next value: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Error, "Alert {AlertId} of user {UserId} could not fire")]
    private partial void LogFault(Exception exception, Guid alertId, Guid userId);
}

/// <summary>What alerts say, in plain sentences.</summary>
internal static class AlertSentences
{
    public static string Of(AlertTurn turn)
    {
        var rule = turn.Alert.Rule;
        var (level, value) = (ApiJson.Spell(rule.Level ?? 0), ApiJson.Spell(turn.Value));
        return rule.Kind.Watches switch
        {
            Watched.Price when rule.Kind.Direction == Direction.Either =>
                $"{rule.Symbol} crossed {level} {(turn.Side > 0 ? "upwards" : "downwards")}: it is at {value}.",
            Watched.Price => $"{rule.Symbol} is at {value}, {(turn.Side > 0 ? "above" : "below")} {level}.",
            Watched.Pnl => $"The {(rule.SessionId is null ? "day's" : "session's")} P&L is {Dollars(turn.Value)} USD, {(turn.Side > 0 ? "above" : "below")} {level}.",
            Watched.Drawdown => $"The {(rule.SessionId is null ? "account" : "session")} is {Dollars(turn.Value)} USD below its peak; the limit is {level}.",
            _ => $"The account is {value} % below its peak; the limit is {level} %.",
        };
    }

    private static string Dollars(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
