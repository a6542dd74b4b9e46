using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StratForge.Alpaca.Http;

/// <summary>Pooled, authenticated connections to one of the venue's REST services. Never retries: only the caller knows whether a
/// request may be sent twice.</summary>
internal sealed class AlpacaConnection : IDisposable
{
    // Our pooled connections outlive many idle minutes, yet follow a changed address within five.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private static readonly MediaTypeHeaderValue JsonContent = new("application/json");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _origin;
    private readonly string _apiKey;
    private readonly string _secretKey;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly KeyValuePair<string, object?> _tag;

    public AlpacaConnection(Uri origin, string api, AlpacaOptions options, TimeProvider clock)
    {
        // A base address with a path keeps it: combining needs the closing slash.
        _origin = origin.AbsoluteUri.EndsWith('/') ? origin : new Uri(origin.AbsoluteUri + "/");
        _apiKey = options.ApiKey;
        _secretKey = options.SecretKey;
        _timeout = options.RequestTimeout;
        _clock = clock;
        _tag = new("api", api);
        Budget = new RequestBudget(options.RequestsPerMinute, api, clock);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // The venue never redirects, and a redirect would carry the keys to another host.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            PooledConnectionLifetime = ConnectionLifetime,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            UseCookies = false,
        });
    }

    public RequestBudget Budget { get; }

    /// <summary>Reads what a GET answers; null when it answers 404 and <paramref name="nullWhenMissing"/> is set.</summary>
    public async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, bool nullWhenMissing, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, type, RequestUrgency.Normal, cancellationToken);
        }
        catch (AlpacaException refusal) when (nullWhenMissing && refusal.Error?.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Reads what a GET answers.</summary>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => SendAsync(HttpMethod.Get, path, null, type, RequestUrgency.Normal, cancellationToken);

    /// <summary>Sends a body and reads the answer.</summary>
    public async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken)
        where TAnswer : class
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            JsonSerializer.Serialize(writer, body, bodyType);
        }

        using var content = new ReadOnlyMemoryContent(buffer.WrittenMemory);
        content.Headers.ContentType = JsonContent;
        return await SendAsync(method, path, content, answerType, RequestUrgency.Normal, cancellationToken);
    }

    /// <summary>Sends a request without a body. With <paramref name="answerType"/> null the answer's body is not read.</summary>
    public async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T>? answerType, RequestUrgency urgency, CancellationToken cancellationToken)
        where T : class
    {
        await Budget.TakeAsync(urgency, cancellationToken);

        using var request = new HttpRequestMessage(method, new Uri(_origin, path)) { Content = content };
        request.Headers.TryAddWithoutValidation("APCA-API-KEY-ID", _apiKey);
        request.Headers.TryAddWithoutValidation("APCA-API-SECRET-KEY", _secretKey);

        var sentAt = _clock.GetTimestamp();
        var status = 0;
        using var timeout = new CancellationTokenSource(_timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            status = (int)response.StatusCode;
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);

            if (response.StatusCode is < HttpStatusCode.OK or >= HttpStatusCode.MultipleChoices)
            {
                throw Refusal(response, body);
            }

            return answerType is null ? null! : Read(response, body, answerType);
        }
        catch (HttpRequestException unreachable)
        {
            throw new AlpacaException($"{method} {Path(path)} got no answer: {unreachable.Message}", unreachable);
        }
        catch (IOException broken)
        {
            throw new AlpacaException($"The answer to {method} {Path(path)} broke off: {broken.Message}", broken);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AlpacaException($"{method} {Path(path)} got no answer within {_timeout.TotalSeconds:0.###} s.", new TimeoutException(late.Message, late));
        }
        finally
        {
            AlpacaTelemetry.RequestDuration.Record(
                _clock.GetElapsedTime(sentAt).TotalSeconds, _tag, new("method", method.Method), new("status", status));
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        Budget.Dispose();
    }

    private static T Read<T>(HttpResponseMessage response, byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.AsSpan(), type) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException unreadable)
        {
            throw new AlpacaException($"HTTP {(int)response.StatusCode} with a body that is not {type.Type.Name}: {unreadable.Message}", unreadable);
        }
    }

    private AlpacaException Refusal(HttpResponseMessage response, byte[] body)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Budget.Exhausted();
        }

        var requestId = response.Headers.TryGetValues("X-Request-ID", out var ids) ? string.Join(',', ids) : null;
        return new AlpacaException(AlpacaError.Read(response.StatusCode, body, requestId, WaitAskedFor(response)));
    }

    private TimeSpan? WaitAskedFor(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _clock.GetUtcNow() => date - _clock.GetUtcNow(),
        _ => null,
    };

    // Queries may hold what a log should not repeat at length.
    private static string Path(string path) => path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? path[..at] : path;
}
