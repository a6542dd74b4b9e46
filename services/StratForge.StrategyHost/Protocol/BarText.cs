using System.Buffers.Text;

namespace StratForge.StrategyHost.Protocol;

/// <summary>Reads a bar frame of exactly the shape the worker writes, in one pass over its bytes.</summary>
/// <remarks>Whatever has another shape is left to the reader that understands all JSON.</remarks>
internal ref struct BarText
{
    // Up to here a double holds every whole number, and every power of ten below; one division of the two is then rounded once,
    // so the result is the nearest double, as a full parser finds it.
    private const long LargestExact = 1L << 53;

    private static readonly double[] s_powers =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    private ReadOnlySpan<byte> _rest;

    // JSON knows neither "+1" nor "01" nor ".5".
    private readonly bool BeginsNumber =>
        _rest.Length > 1 && char.IsAsciiDigit((char)_rest[0]) && (_rest[0] != '0' || !char.IsAsciiDigit((char)_rest[1]));

    private BarText(ReadOnlySpan<byte> frame) => _rest = frame;

    /// <summary>The numbers of the bar; false when the frame has another shape.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out BarNumbers bar)
    {
        var text = new BarText(frame);
        bar = default;
        return text.Take("{\"type\":\"bar\",\"seq\":"u8) && text.TakeWhole(out bar.Seq)
            && text.Take(",\"t\":"u8) && text.TakeWhole(out bar.OpensAtMs)
            && text.Take(",\"o\":"u8) && text.TakeNumber(out bar.Open)
            && text.Take(",\"h\":"u8) && text.TakeNumber(out bar.High)
            && text.Take(",\"l\":"u8) && text.TakeNumber(out bar.Low)
            && text.Take(",\"c\":"u8) && text.TakeNumber(out bar.Close)
            && text.Take(",\"v\":"u8) && text.TakeNumber(out bar.Volume)
            && text._rest.SequenceEqual("}"u8);
    }

    private bool Take(ReadOnlySpan<byte> expected)
    {
        if (!_rest.StartsWith(expected))
        {
            return false;
        }

        _rest = _rest[expected.Length..];
        return true;
    }

    private bool TakeWhole(out long value)
    {
        value = 0;
        if (!BeginsNumber || !Utf8Parser.TryParse(_rest, out value, out var used))
        {
            return false;
        }

        _rest = _rest[used..];
        return true;
    }

    private bool TakeNumber(out double value)
    {
        var digits = 0L;
        var point = -1;
        var used = 0;
        for (; used < _rest.Length; used++)
        {
            var character = _rest[used];
            if (character == '.' && point < 0)
            {
                point = used;
            }
            else if ((uint)(character - '0') <= 9 && digits < LargestExact / 10)
            {
                digits = (digits * 10) + (character - '0');
            }
            else
            {
                break;
            }
        }

        // It ends where the next property or the object does: not at an exponent, a sign, or a digit too many. Nor at its point.
        var decimals = point < 0 ? 0 : used - point - 1;
        if (!BeginsNumber || used == _rest.Length || _rest[used] is not ((byte)',' or (byte)'}') || decimals >= s_powers.Length || point == used - 1)
        {
            value = 0;
            return false;
        }

        value = digits / s_powers[decimals];
        _rest = _rest[used..];
        return true;
    }
}

/// <summary>What a bar frame holds.</summary>
internal struct BarNumbers
{
    public long Seq;
    public long OpensAtMs;
    public double Open;
    public double High;
    public double Low;
    public double Close;
    public double Volume;
}
