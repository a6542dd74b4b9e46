using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Streams;

/// <summary>Counts the symbols that each user watches over all connections to this gateway, and says no in time: each costs requests at the venue when it
/// is new there, and again whenever the feed was interrupted.</summary>
/// <remarks>One that is left counts as long as it lingers there, or leaving and coming back would be a way around the bound.</remarks>
internal sealed class UserSymbols(IOptions<StreamOptions> options, TimeProvider clock)
{
    private readonly StreamOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Dictionary<string, Place>> _places = [];

    // Each place is in here once at most.
    private readonly Queue<(Guid UserId, string Symbol, DateTimeOffset LookAt)> _left = new();

    /// <summary>Why a user may not watch these too; null when he may.</summary>
    public string? FaultOf(Guid userId, IReadOnlyCollection<string> symbols)
    {
        lock (_gate)
        {
            ForgetLeft();
            var held = _places.GetValueOrDefault(userId);
            return (held?.Count ?? 0) + symbols.Count(symbol => held?.ContainsKey(symbol) != true) <= _options.SymbolsPerUser ? null
                : $"You may watch {_options.SymbolsPerUser} symbols over all your connections. Those you leave count for {_options.Linger.TotalSeconds:0.#} s more.";
        }
    }

    /// <summary>Takes places for what a connection begins to watch: for all of it, or none.</summary>
    /// <returns>Null, or why not.</returns>
    public string? TryWatch(Guid userId, IReadOnlyCollection<string> symbols)
    {
        lock (_gate)
        {
            if (FaultOf(userId, symbols) is { } fault)
            {
                return fault;
            }

            foreach (var symbol in symbols)
            {
                if (!_places.TryGetValue(userId, out var held))
                {
                    _places[userId] = held = new Dictionary<string, Place>(StringComparer.Ordinal);
                }

                if (!held.TryGetValue(symbol, out var place))
                {
                    held[symbol] = place = new Place();
                }

                place.Connections++;
            }

            return null;
        }
    }

    /// <summary>A connection watches these no more.</summary>
    public void Leave(Guid userId, IReadOnlyCollection<string> symbols)
    {
        lock (_gate)
        {
            foreach (var symbol in symbols)
            {
                var place = _places[userId][symbol];
                if (--place.Connections > 0)
                {
                    continue;
                }

                place.KeptUntil = clock.GetUtcNow() + _options.Linger;
                if (!place.IsQueued)
                {
                    place.IsQueued = true;
                    _left.Enqueue((userId, symbol, place.KeptUntil));
                }
            }

            ForgetLeft();
        }
    }

    private void ForgetLeft()
    {
        var now = clock.GetUtcNow();
        while (_left.TryPeek(out var left) && left.LookAt <= now)
        {
            _left.Dequeue();
            var held = _places[left.UserId];
            var place = held[left.Symbol];
            place.IsQueued = place.Connections == 0 && place.KeptUntil > now;
            if (place.IsQueued)
            {
                // It was come back to, and left again.
                _left.Enqueue(left with { LookAt = place.KeptUntil });
            }
            else if (place.Connections == 0)
            {
                held.Remove(left.Symbol);
                if (held.Count == 0)
                {
                    _places.Remove(left.UserId);
                }
            }
        }
    }

    private sealed class Place
    {
        public int Connections { get; set; }

        public DateTimeOffset KeptUntil { get; set; }

        public bool IsQueued { get; set; }
    }
}
