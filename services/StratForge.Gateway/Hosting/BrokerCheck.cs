using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Hosting;

/// <summary>Whether the broker answers, what its clock says, and whether its account is that of the books.</summary>
/// <remarks>Asks at most twice a minute, whoever asks for the health how often: the broker's 200 requests a minute are for orders.</remarks>
internal sealed class BrokerCheck(AlpacaTradingClient broker, BooksAccount account, LastPrices prices, TimeProvider clock) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private (DateTimeOffset At, HealthCheckResult Result)? _last;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (account.Refusal is { } refusal)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus, refusal.Detail, data: new Dictionary<string, object>(StringComparer.Ordinal) { ["code"] = refusal.Code });
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_last is not { } last || clock.GetUtcNow() - last.At > KeptFor)
            {
                last = (clock.GetUtcNow(), await AskAsync(context.Registration.FailureStatus, cancellationToken));
                _last = last;
            }

            return last.Result;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<HealthCheckResult> AskAsync(HealthStatus failure, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var market = await broker.GetClockAsync(patience.Token);
            return HealthCheckResult.Healthy(data: new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["isOpen"] = market.IsOpen,
                ["marketTime"] = prices.MarketTime ?? market.Timestamp,
            });
        }
        catch (AlpacaException exception)
        {
            return new HealthCheckResult(failure, $"The broker does not answer: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(failure, "The broker takes long to answer.");
        }
    }
}
