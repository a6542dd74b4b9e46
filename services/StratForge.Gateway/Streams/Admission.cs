using Microsoft.Extensions.Options;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Streams;

/// <summary>Counts connections, of all, per address and per user, and says no in time.</summary>
internal sealed class Admission(IOptions<StreamOptions> options)
{
    private readonly StreamOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _byUser = [];
    private int _all;

    /// <summary>Takes a place for a connection.</summary>
    /// <returns>Null, or why not.</returns>
    public string? TryEnter(string address)
    {
        lock (_gate)
        {
            if (_all >= _options.Connections)
            {
                return "This gateway holds as many connections as it may.";
            }

            if (_byAddress.GetValueOrDefault(address) >= _options.ConnectionsPerAddress)
            {
                return $"This address has {_options.ConnectionsPerAddress} connections, which is as many as it may have.";
            }

            _all++;
            _byAddress[address] = _byAddress.GetValueOrDefault(address) + 1;
            return null;
        }
    }

    /// <summary>Takes a place among a user's.</summary>
    /// <returns>Null, or why not.</returns>
    public string? TryEnter(Guid userId)
    {
        lock (_gate)
        {
            if (_byUser.GetValueOrDefault(userId) >= _options.ConnectionsPerUser)
            {
                return $"You have {_options.ConnectionsPerUser} connections, which is as many as you may have. Close one first.";
            }

            _byUser[userId] = _byUser.GetValueOrDefault(userId) + 1;
            return null;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Leave(string address, Guid? userId)
    {
        lock (_gate)
        {
            _all--;
            Less(_byAddress, address);
            if (userId is { } user)
            {
                Less(_byUser, user);
            }
        }
    }

    /// <summary>The address that a connection counts for.</summary>
    public static string AddressOf(HttpContext context) => RateLimits.AddressOf(context);

    private static void Less<T>(Dictionary<T, int> counts, T key)
        where T : notnull
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }
}
