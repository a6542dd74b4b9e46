using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Alerts;

/// <summary>What came of one attempt to post.</summary>
/// <param name="IsDelivered">Whether the receiver took it: it answered 2xx.</param>
/// <param name="IsFinal">Whether another attempt could come to nothing else.</param>
/// <param name="Status">What the receiver answered, if it did.</param>
/// <param name="Error">Why it was not delivered.</param>
/// <param name="Answer">How the receiver's answer began.</param>
internal sealed record PostOutcome(bool IsDelivered, bool IsFinal, int? Status, string? Error, string? Answer);

/// <summary>Posts one body to one webhook, signed, and only to where posts may go.</summary>
/// <remarks>The name is resolved here and the connection made to an address that was looked at, so that a name that resolves to something
/// else a moment later leads nowhere. Redirects are not followed: they would lead past that.</remarks>
internal sealed class WebhookPost(IHttpClientFactory clients, IOptions<AlertOptions> options, WebhookSecrets secrets, TimeProvider clock)
{
    public const string ClientName = "webhooks";
    public const string IdHeader = "StratForge-Delivery";
    public const string TimestampHeader = "StratForge-Timestamp";
    public const string SignatureHeader = "StratForge-Signature";

    private const int LongestAnswer = 200;

    /// <summary>Posts.</summary>
    public async Task<PostOutcome> SendAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        if (secrets.Decrypt(delivery.WebhookId, delivery.Secret) is not { } secret)
        {
            return new PostOutcome(false, true, null, "The webhook's secret can't be read any more. Ask for a new one, then send this again.", null);
        }

        using var patience = new CancellationTokenSource(options.Value.WebhookTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var body = Encoding.UTF8.GetBytes(delivery.Body);
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdHeader, delivery.Id.ToString());
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, $"v1={Sign(secret, timestamp, body)}");
        request.Headers.UserAgent.ParseAdd("StratForge");
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var answer = await BeginningOfAsync(response, both.Token);
            return response.IsSuccessStatusCode
                ? new PostOutcome(true, true, (int)response.StatusCode, null, answer)
                : new PostOutcome(
                    false, response.StatusCode == HttpStatusCode.Gone, (int)response.StatusCode, $"The receiver answered {(int)response.StatusCode}.", answer);
        }
        catch (HttpRequestException exception) when (exception.InnerException is NotPublicException refusal)
        {
            return new PostOutcome(false, true, null, refusal.Message, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new PostOutcome(false, false, null, $"The receiver could not be reached: {exception.Message}", null);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return new PostOutcome(false, false, null, $"The receiver did not answer within {options.Value.WebhookTimeout.TotalSeconds} s.", null);
        }
    }

    /// <summary>The signature: HMAC-SHA256 of the timestamp, a full stop and the body, in lower-case hexadecimal digits.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes(timestamp + "."), .. body]));

    /// <summary>A handler that connects to public addresses only, unless the operator allows others.</summary>
    public static SocketsHttpHandler Handler(AlertOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        MaxResponseHeadersLength = 16,
        // Our traces are nobody else's, and addresses may hold keys.
        ActivityHeadersPropagator = null,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var host = context.DnsEndPoint.Host;
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            // One that leads inside is enough: a name of the internet has none.
            if (!options.AllowPrivateWebhooks && !Array.TrueForAll(addresses, PublicAddresses.Contains))
            {
                throw new NotPublicException(host);
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private static async Task<string?> BeginningOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[LongestAnswer];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        // Postgres takes no zero character, and a list shows no others of that sort.
        var text = new string([.. Encoding.UTF8.GetString(bytes, 0, read).Select(character => char.IsControl(character) ? ' ' : character)]).Trim();
        return text.Length == 0 ? null : text;
    }
}

/// <summary>A webhook leads to where it may not.</summary>
internal sealed class NotPublicException(string host) : Exception(
    $"{host} is not a public address. Posts go to the internet only, unless whoever runs this platform allows others.");
