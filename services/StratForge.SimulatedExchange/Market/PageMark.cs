using System.Globalization;
using System.Text;

namespace StratForge.SimulatedExchange.Market;

/// <summary>The last line of a page; the next page goes on behind it.</summary>
internal sealed record PageMark(string Symbol, DateTimeOffset At)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>As a page token: base64 of <c>SYMBOL|M|nanoseconds</c>.</summary>
    public string ToToken() => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $"{Symbol}|M|{(At - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick}"));

    /// <summary>Null when the token is not one of ours.</summary>
    public static PageMark? Parse(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length))
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes, 0, length).Split('|') is [var symbol, "M", var nanoseconds]
            && long.TryParse(nanoseconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var since)
            ? new PageMark(symbol, DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(since / NanosecondsPerTick))
            : null;
    }
}
