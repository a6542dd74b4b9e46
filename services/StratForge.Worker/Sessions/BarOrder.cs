using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

/// <summary>In which order a session is told the bars of its several symbols: by their time, those of one time by their symbols.</summary>
/// <remarks>A pure function of the bars of each symbol, which have numbers without gaps in order of time, and so the same for whoever asks, whenever.
/// A bar that might not be the next, because one before it may still come, is <see cref="NextBarIs.Waiting"/>: to let it go ahead is a decision
/// of its own, and has to be written down.</remarks>
internal sealed class BarOrder
{
    private const long Minute = 60_000;

    private readonly string[] _symbols;
    private readonly long[] _seqs;

    // Start of the last bar taken of each symbol: the next one begins a minute later at the soonest. Below zero: nothing is known.
    private readonly long[] _opensAt;

    /// <param name="symbols">The session's own first, then the others by their places.</param>
    /// <param name="through">Start of the last bar of the session's own symbol before it; null when there was none. Of the others, bars that begin no later
    /// may have been under way when it began: nothing is known of their first.</param>
    public BarOrder(IReadOnlyList<SessionSymbol> symbols, DateTimeOffset? through)
    {
        _symbols = [.. symbols.Select(one => one.Symbol)];
        _seqs = [.. symbols.Select(one => one.FirstSeq)];
        _opensAt = new long[_symbols.Length];
        Array.Fill(_opensAt, -1);
        _opensAt[0] = through?.ToUnixTimeMilliseconds() ?? -1;
    }

    private BarOrder(BarOrder other)
    {
        _symbols = other._symbols;
        _seqs = [.. other._seqs];
        _opensAt = [.. other._opensAt];
    }

    /// <summary>Looks for a bar.</summary>
    /// <param name="source">Which.</param>
    /// <param name="values">It, if it is at hand.</param>
    public delegate BarIs Look(BarSource source, out BarValues values);

    /// <summary>The symbols, the session's own first.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    /// <summary>One that can be tried out.</summary>
    public BarOrder Copy() => new(this);

    /// <summary>Number of the last bar taken of a symbol.</summary>
    public long LastOf(int place) => _seqs[place];

    /// <summary>What comes next.</summary>
    public NextBar Next(Look look)
    {
        var best = -1;
        BarValues first = default;
        for (var place = 0; place < _symbols.Length; place++)
        {
            switch (look(new BarSource(place, _seqs[place] + 1), out var values))
            {
                case BarIs.Stored:
                    return new NextBar(NextBarIs.Unread, new BarSource(place, _seqs[place] + 1), default, place);
                case BarIs.Here when best < 0 || IsBefore(values.UnixMilliseconds, place, first.UnixMilliseconds, best):
                    (best, first) = (place, values);
                    break;
            }
        }

        if (best < 0)
        {
            return default;
        }

        var source = new BarSource(best, _seqs[best] + 1);
        for (var place = 0; place < _symbols.Length; place++)
        {
            if (place != best && look(new BarSource(place, _seqs[place] + 1), out _) == BarIs.ToCome &&
                (_opensAt[place] < 0 || IsBefore(_opensAt[place] + Minute, place, first.UnixMilliseconds, best)))
            {
                return new NextBar(NextBarIs.Waiting, source, first, place);
            }
        }

        return new NextBar(NextBarIs.Here, source, first, best);
    }

    /// <summary>A bar was told.</summary>
    public void Take(BarSource source, long opensAt)
    {
        _seqs[source.Place] = source.Seq;
        _opensAt[source.Place] = opensAt;
    }

    private bool IsBefore(long at, int place, long otherAt, int other) =>
        at != otherAt ? at < otherAt : string.CompareOrdinal(_symbols[place], _symbols[other]) < 0;
}

/// <summary>What is known of a bar.</summary>
internal enum BarIs
{
    /// <summary>Nothing: it has not come.</summary>
    ToCome,

    /// <summary>It has to be read.</summary>
    Stored,

    /// <summary>It is at hand.</summary>
    Here,
}

/// <summary>What is known of the next bar of a session.</summary>
internal enum NextBarIs
{
    /// <summary>There is none yet.</summary>
    None,

    /// <summary>A bar has to be read before it is known.</summary>
    Unread,

    /// <summary>There is one, but one of another symbol may have to go before it.</summary>
    Waiting,

    /// <summary>It is there.</summary>
    Here,
}

/// <summary>The next bar.</summary>
/// <param name="Is">What is known of it.</param>
/// <param name="Source">Which it is, or which has to be read.</param>
/// <param name="Values">The bar.</param>
/// <param name="For">Place of the symbol that it waits for.</param>
internal readonly record struct NextBar(NextBarIs Is, BarSource Source, BarValues Values, int For);
