using System.Security.Cryptography;
using System.Text;

namespace StratForge.Gateway.Dashboard;

/// <summary>An HTML page whose style elements are allowed by a number that only this one answer carries.</summary>
/// <param name="template">The page, with <see cref="Placeholder"/> wherever the nonce belongs.</param>
internal sealed class NoncedPage(string template)
{
    public const string Placeholder = "__CSP_NONCE__";

    private readonly byte[][] _parts = [.. template.Split(Placeholder).Select(Encoding.UTF8.GetBytes)];

    public async Task WriteAsync(HttpContext context)
    {
        // 18 bytes are 144 random bits and exactly 24 characters of base64, without padding.
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        var nonceBytes = Encoding.ASCII.GetBytes(nonce);

        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = _parts.Sum(part => (long)part.Length) + ((_parts.Length - 1) * nonceBytes.Length);
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy.OfPage(nonce);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        for (var i = 0; i < _parts.Length; i++)
        {
            if (i > 0)
            {
                await response.Body.WriteAsync(nonceBytes, context.RequestAborted);
            }

            await response.Body.WriteAsync(_parts[i], context.RequestAborted);
        }
    }
}
