using System.Collections.Concurrent;
using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace StratForge.ServiceDefaults.Http;

/// <summary>The pipelines behind <see cref="ResilienceHandler"/>: total time, retries, circuit breaker, time per attempt.</summary>
/// <remarks>Figures are those of .NET's standard resilience handler, so that both bindings of Aspire behave alike, but for one
/// thing: only safe methods are retried. Whether a POST may be sent again is known to its caller alone.</remarks>
internal sealed class ResiliencePolicy
{
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<(string Authority, bool Safe), ResiliencePipeline<HttpResponseMessage>> _pipelines = new();

    public ResiliencePolicy(TimeProvider clock) => _clock = clock;

    /// <summary>The pipeline for a request. Each remote has breakers of its own: one that is down must not cut off the others.</summary>
    public ResiliencePipeline<HttpResponseMessage> For(HttpRequestMessage request)
    {
        var safe = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options;
        return _pipelines.GetOrAdd(
            (request.RequestUri?.Authority ?? "", safe),
            static (key, clock) => Build(clock, retries: key.Safe),
            _clock);
    }

    private static ResiliencePipeline<HttpResponseMessage> Build(TimeProvider clock, bool retries)
    {
        var transient = new PredicateBuilder<HttpResponseMessage>()
            .Handle<HttpRequestException>()
            .Handle<TimeoutRejectedException>()
            .HandleResult(response => response.StatusCode is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        pipeline.AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(30) });
        if (retries)
        {
            pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = transient,
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromSeconds(2),
                UseJitter = true,
                DelayGenerator = attempt =>
                    ValueTask.FromResult(attempt.Outcome.Result?.Headers.RetryAfter?.Delta),
            });
        }

        pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = transient,
            FailureRatio = 0.1,
            SamplingDuration = TimeSpan.FromSeconds(30),
            MinimumThroughput = 100,
            BreakDuration = TimeSpan.FromSeconds(5),
        });
        pipeline.AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(10) });
        return pipeline.Build();
    }
}
