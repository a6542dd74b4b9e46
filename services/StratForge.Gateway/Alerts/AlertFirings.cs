using System.Globalization;
using System.Threading.Channels;
using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Writes what watched values do to alerts: one after the other of an alert, together what comes together.</summary>
internal sealed partial class AlertFirings(
    AlertStore store, AlertList list, BookKeeper books, TimeProvider clock, ILogger<AlertFirings> logger) : BackgroundService
{
    // Each alert waits here once at most; beyond this a value is looked at again when the next one comes.
    private const int MostWaiting = 16_384;

    // Firings that share a transaction.
    private const int LargestGroup = 128;

    // A database that is away is asked once in so long for each alert that waits for it, however many prices come meanwhile.
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

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
        if (alert.IsOver)
        {
            return false;
        }

        var rule = alert.Rule;
        var firing = await TryFireAsync(alert, EventOf(rule, message, rule.Symbol, sessionId, null), rule.Side, subject, null, cancellationToken);
        if (firing.Obstacle is { } obstacle)
        {
            LogPostponed(1, obstacle);
        }

        return firing.IsWritten;
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

            // Those that were put off may be watched by another gateway by now, which goes by what is stored.
            turns.RemoveAll(turn => !list.Watches(turn.Alert));
            var noted = await TurnAsync(turns.FindAll(turn => !turn.Fires), stoppingToken);
            var attempts = await Task.WhenAll(turns.Select(turn => turn.Fires ? TryFireAsync(turn, stoppingToken) : Task.FromResult(noted)));
            var postponed = turns.Where((_, place) => attempts[place].Obstacle is not null).ToList();
            foreach (var turn in turns.Except(postponed))
            {
                Settled?.Invoke(turn.Alert);
            }

            if (postponed.Count > 0)
            {
                LogPostponed(postponed.Count, attempts.First(attempt => attempt.Obstacle is not null).Obstacle!);
                _ = TryAgainAsync(postponed, stoppingToken);
            }
        }
    }

    // The turns stay as they are meanwhile: what crossed is told even if its value is back by then.
    private async Task TryAgainAsync(List<AlertTurn> turns, CancellationToken cancellationToken)
    {
        await Task.Delay(TryAgainAfter, clock, cancellationToken);
        foreach (var turn in turns.Where(turn => !_turns.Writer.TryWrite(turn)))
        {
            turn.Alert.Forget();
        }
    }

    private async Task<Attempt> TurnAsync(List<AlertTurn> turns, CancellationToken cancellationToken)
    {
        if (turns.Count == 0)
        {
            return new Attempt(IsWritten: true);
        }

        try
        {
            await store.TurnAsync(turns, cancellationToken);
            turns.ForEach(turn => turn.Alert.Turned(turn.Side));
            return new Attempt(IsWritten: true);
        }
        catch (NpgsqlException exception)
        {
            return new Attempt(IsWritten: false, exception.Message);
        }
    }

    private Task<Attempt> TryFireAsync(AlertTurn turn, CancellationToken cancellationToken)
    {
        var rule = turn.Alert.Rule;
        return TryFireAsync(
            turn.Alert, EventOf(rule, AlertSentences.Of(turn), rule.Symbol, rule.SessionId, turn.Value), turn.Side, null, turn.MarketAt, cancellationToken);
    }

    private async Task<Attempt> TryFireAsync(
        WatchedAlert alert, AlertEvent told, int side, string? subject, DateTimeOffset? marketAt, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(alert.Rule, told, side, subject, marketAt, cancellationToken);
            alert.Fired(side, clock.Now());
            return new Attempt(IsWritten: true);
        }
        catch (PostgresException exception) when (exception.SqlState is FireAlert.Overtaken or PostgresErrorCodes.UniqueViolation)
        {
            // Its owner changed it, or another gateway was first: whatever it is now is read again.
            alert.Overtaken();
            Overtaken?.Invoke();
            return new Attempt(IsWritten: false);
        }
        catch (Exception exception) when (exception is NpgsqlException or NotLeadingException or TimeoutException)
        {
            // Written or not, the next attempt has the same number.
            return new Attempt(IsWritten: false, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever is wrong with this one, the others are not to wait for it. It is tried again when the alerts are read next.
            LogFault(exception, alert.Rule.Id, alert.Rule.UserId);
            alert.Overtaken();
            return new Attempt(IsWritten: false);
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

    [LoggerMessage(LogLevel.Warning, "{Count} turns of alerts could not be written now and are tried again: {Reason}")]
    private partial void LogPostponed(int count, string reason);

    [LoggerMessage(LogLevel.Error, "Alert {AlertId} of user {UserId} could not fire")]
    private partial void LogFault(Exception exception, Guid alertId, Guid userId);

    /// <summary>What became of writing something.</summary>
    /// <param name="IsWritten">Whether it is written.</param>
    /// <param name="Obstacle">What stands in the way for now; null when it is written, or never will be.</param>
    private readonly record struct Attempt(bool IsWritten, string? Obstacle = null);
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
