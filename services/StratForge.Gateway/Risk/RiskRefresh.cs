using System.Threading.Channels;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;

namespace StratForge.Gateway.Risk;

/// <summary>Keeps what is in memory equal to what is stored, whichever replica changed it: at once by the bus, and by looking every
/// two seconds, since the bus may lose a message.</summary>
internal sealed partial class RiskRefresh(
    RiskBooks books, IConnectionMultiplexer redis, TimeProvider clock, ILogger<RiskRefresh> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    // Two wishes to look are one.
    private readonly Channel<bool> _looks = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>No order is taken in before the limits are known: the door opens when this has read them.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        while (!await TryRefreshAsync(cancellationToken))
        {
            await Task.Delay(LookEvery, clock, cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RefreshAsync(stoppingToken), AskAsync(stoppingToken));

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _looks.Reader.ReadAllAsync(cancellationToken))
        {
            await TryRefreshAsync(cancellationToken);
        }
    }

    private async Task<bool> TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await books.RefreshAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            LogPostponed(exception.Message);
            return false;
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        var listens = false;
        do
        {
            listens = listens || await TrySubscribeAsync();
            _looks.Writer.TryWrite(true);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task<bool> TrySubscribeAsync()
    {
        try
        {
            await redis.GetSubscriber().SubscribeAsync(
                new RedisChannel(Topics.RiskChanges, RedisChannel.PatternMode.Literal), (_, _) => _looks.Writer.TryWrite(true));
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotSubscribed(exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Limits and switches are read again at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Warning, "Changes of limits and switches are not subscribed yet: {Reason}")]
    private partial void LogNotSubscribed(string reason);
}
