using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StratForge.Contracts.Internal;

namespace StratForge.Gateway.Internal;

/// <summary>The credential by which other services show who they are.</summary>
internal sealed class ServiceKey(IOptions<InternalOptions> options)
{
    private readonly byte[] _expected = Encoding.UTF8.GetBytes(options.Value.Key);

    /// <summary>Whether a request carries it. Without a configured key none does.</summary>
    public bool IsIn(HttpRequest request) =>
        _expected.Length > 0
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers[InternalHeaders.ServiceKey].ToString()), _expected);
}
