using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StratForge.Contracts;
using StratForge.Contracts.Internal;

namespace StratForge.Worker.Signals;

/// <summary>Speaks to the gateway's internal port over connections that stay open.</summary>
/// <remarks>A handler of its own, without the retries and traces other clients get: the sender retries in its own order, and every
/// signal carries its trace itself.</remarks>
internal sealed class GatewayDoor : IExecutionDoor, IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // As hosts write it and as it was measured: with the default a letter beyond ASCII takes six bytes.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Far longer than a whole batch takes. A gateway that is suspended, or cut off after it acknowledged, never answers; meanwhile another one may
    // keep the books.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _http;
    private readonly Uri _execute;
    private readonly Uri _cancel;
    private readonly string _key;
    private readonly TimeProvider _clock;

    /// <param name="address">Root of the gateway's internal port.</param>
    /// <param name="key">The service credential.</param>
    /// <param name="clock">Measures how long an answer takes.</param>
    public GatewayDoor(Uri address, string key, TimeProvider clock)
    {
        _clock = clock;
        _execute = new Uri(address, "/internal/execute/batch");
        _cancel = new Uri(address, "/internal/cancel");
        _key = key;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = ConnectAsync,
        });
    }

    public async Task<ExecuteOutcome[]> ExecuteAsync(IReadOnlyList<ExecuteSignal> signals, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(512 * signals.Count);
        using (var json = new Utf8JsonWriter(body, Plain))
        {
            json.WriteStartArray();
            foreach (var signal in signals)
            {
                JsonSerializer.Serialize(json, signal, ContractsJson.Default.ExecuteSignal);
            }

            json.WriteEndArray();
        }

        return await PostAsync(
            _execute, body.WrittenMemory, ContractsJson.Default.ExecuteOutcomeArray, outcomes => outcomes.Length == signals.Count, cancellationToken);
    }

    public Task<CancelOrdersOutcome> CancelAsync(CancelOrders wish, CancellationToken cancellationToken) =>
        PostAsync(
            _cancel, JsonSerializer.SerializeToUtf8Bytes(wish, ContractsJson.Default.CancelOrders), ContractsJson.Default.CancelOrdersOutcome,
            outcome => outcome.Status is not null, cancellationToken);

    private async Task<T> PostAsync<T>(
        Uri address, ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, Func<T, bool> fits, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = Json } },
        };
        request.Headers.TryAddWithoutValidation(InternalHeaders.ServiceKey, _key);
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(either.Token);
            if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity)
            {
                throw new BatchRefusedException($"{(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(answer)}");
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new GatewayUnavailableException($"the gateway answers {(int)response.StatusCode} {response.StatusCode}")
                {
                    HasFailed = response.StatusCode == HttpStatusCode.InternalServerError,
                };
            }

            return JsonSerializer.Deserialize(answer, type) is { } outcome && fits(outcome)
                ? outcome
                : throw new GatewayUnavailableException("the gateway's answer does not fit what was asked");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            throw new GatewayUnavailableException(exception.Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GatewayUnavailableException($"the gateway did not answer within {Patience.TotalSeconds:0} s", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    // Batches are small and wait for their answer: nothing to gain from holding back half-full packets.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
