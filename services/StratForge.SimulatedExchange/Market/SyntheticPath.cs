using StratForge.Contracts.Market;

namespace StratForge.SimulatedExchange.Market;

/// <summary>The price path of one symbol. Every member is a pure function; the one field that changes remembers the last day planned.</summary>
internal sealed class SyntheticPath
{
    private const int LongestCycle = 9; // 2^9 = 512 days
    private const int LongestSwing = 8; // 2^8 = 256 minutes

    private readonly ulong _seed;
    private readonly DateTimeOffset _epoch = DateTimeOffset.UnixEpoch;
    private readonly Instrument _instrument;
    private readonly SyntheticMarket.Profile _profile;
    private readonly double _tick;
    private readonly decimal _volumeUnit;
    private Plan? _last;

    public SyntheticPath(long seed, Instrument instrument, SyntheticMarket.Profile profile)
    {
        _instrument = instrument;
        _profile = profile;
        _tick = (double)instrument.Tick;
        _volumeUnit = instrument.Class == AssetClass.Crypto ? 0.0001m : 1m;
        _seed = (ulong)seed * 0x9E3779B97F4A7C15UL;
        foreach (var letter in instrument.Symbol)
        {
            _seed = Mix(_seed + letter);
        }
    }

    /// <summary>What is settled about a day before its minutes are: prices in ticks, and when its extremes fall.</summary>
    private sealed record Plan(
        DateTimeOffset Opens, int Minutes, long Open, long High, long Low, long Close, int FirstAt, int SecondAt, bool LowFirst, long Volume);

    public PriceBar Day(DateTimeOffset opens, int minutes)
    {
        var plan = PlanOf(opens, minutes);
        return new PriceBar(
            opens, Price(plan.Open), Price(plan.High), Price(plan.Low), Price(plan.Close), plan.Volume * _volumeUnit, 4L * minutes);
    }

    public PriceBar Minute(DateTimeOffset opens, int minutes, int index)
    {
        var plan = PlanOf(opens, minutes);
        var (open, close) = (TicksAt(plan, index), TicksAt(plan, index + 1));

        // The wicks: half a minute's typical move at most, and never beyond the day's own extremes.
        var absolute = AbsoluteMinute(plan, index);
        var reach = _profile.DailyVolatility / Math.Sqrt(1440) * _profile.Price / _tick;
        var up = (long)(reach * 0.6 * Unit(20, absolute));
        var down = (long)(reach * 0.6 * Unit(21, absolute));
        var high = Math.Min(plan.High, Math.Max(open, close) + up);
        var low = Math.Max(plan.Low, Math.Min(open, close) - down);
        var volume = (VolumeBy(plan, index + 1) - VolumeBy(plan, index)) * _volumeUnit;
        return new PriceBar(
            opens + TimeSpan.FromMinutes(index), Price(open), Price(high), Price(low), Price(close), volume, 4);
    }

    private Plan PlanOf(DateTimeOffset opens, int minutes)
    {
        if (_last is { } last && last.Opens == opens && last.Minutes == minutes)
        {
            return last;
        }

        // A day's close is the next day's open: around the clock the price never jumps, over a weekend it does.
        var day = (long)Math.Floor((opens - _epoch).TotalDays);
        var (from, to) = (Level(day), Level(day + 1));
        var reach = _profile.DailyVolatility;
        var high = Math.Max(from, to) + (reach * (0.15 + (0.7 * Unit(30, day))));
        var low = Math.Min(from, to) - (reach * (0.15 + (0.7 * Unit(31, day))));
        var plan = new Plan(
            opens,
            minutes,
            Ticks(from),
            Ticks(high),
            Ticks(low),
            Ticks(to),
            (int)(minutes * (0.04 + (0.42 * Unit(32, day)))),
            (int)(minutes * (0.54 + (0.42 * Unit(33, day)))),
            Unit(34, day) < (to >= from ? 0.8 : 0.2),
            (long)(_profile.DailyVolume * (0.6 + (0.8 * Unit(35, day))) / (double)_volumeUnit));
        _last = plan;
        return plan;
    }

    // The price at the boundary before minute `index`.
    private long TicksAt(Plan plan, int index)
    {
        var (first, second) = plan.LowFirst ? (plan.Low, plan.High) : (plan.High, plan.Low);
        var (a, b, from, to) =
            index <= plan.FirstAt ? (0, plan.FirstAt, plan.Open, first)
            : index <= plan.SecondAt ? (plan.FirstAt, plan.SecondAt, first, second)
            : (plan.SecondAt, plan.Minutes, second, plan.Close);
        if (index == a)
        {
            return from;
        }

        if (index == b)
        {
            return to;
        }

        var along = (double)(index - a) / (b - a);
        var straight = from + ((to - from) * along);
        var calm = Math.Min(1, 12 * along * (1 - along)); // no noise at an anchor
        var swing = calm * Swing(AbsoluteMinute(plan, index)) * _profile.DailyVolatility / Math.Sqrt(1440) * straight;
        return Fold((long)Math.Round(straight + swing), plan.Low, plan.High);
    }

    // Noise of standard scale: sums over scales of one to 256 minutes, each as wide as a random walk would get in that time.
    private double Swing(long minute)
    {
        var sum = 0.0;
        for (var octave = 0; octave <= LongestSwing; octave++)
        {
            sum += Math.Sqrt(1 << octave) * Smooth(octave, minute, octave);
        }

        return 1.1 * sum;
    }

    private double Level(long day)
    {
        var sum = 0.0;
        for (var cycle = 0; cycle <= LongestCycle; cycle++)
        {
            sum += Math.Sqrt(1 << cycle) * Smooth(40 + cycle, day, cycle);
        }

        return Math.Log(_profile.Price) + (0.7 * _profile.DailyVolatility * sum);
    }

    // Random values at every 2^scale-th point, joined smoothly in between.
    private double Smooth(int salt, long point, int scale)
    {
        var lattice = point >> scale;
        var along = (double)(point - (lattice << scale)) / (1L << scale);
        var (from, to) = ((2 * Unit(salt, lattice)) - 1, (2 * Unit(salt, lattice + 1)) - 1);
        return from + ((to - from) * along * along * (3 - (2 * along)));
    }

    // Trading is busier at the ends of a day. The running total makes the minutes add up to the day exactly.
    private long VolumeBy(Plan plan, int index)
    {
        if (index == 0 || index == plan.Minutes)
        {
            return index == 0 ? 0 : plan.Volume;
        }

        var along = (double)index / plan.Minutes;
        var busy = along + (0.5 * Math.Sin(2 * Math.PI * along) / (2 * Math.PI));
        return (long)(plan.Volume * (busy + (0.4 * Unit(36, AbsoluteMinute(plan, index)) / plan.Minutes)));
    }

    private long AbsoluteMinute(Plan plan, int index) => ((plan.Opens - _epoch).Ticks / TimeSpan.TicksPerMinute) + index;

    private long Ticks(double logPrice) => Math.Max(1, (long)Math.Round(Math.Exp(logPrice) / _tick));

    private decimal Price(long ticks) => ticks * _instrument.Tick;

    private static long Fold(long ticks, long low, long high)
    {
        ticks = ticks > high ? high - (ticks - high) : ticks;
        ticks = ticks < low ? low + (low - ticks) : ticks;
        return Math.Clamp(ticks, low, high);
    }

    // A number in [0, 1) that depends on nothing but seed, symbol, salt and point.
    private double Unit(int salt, long point) =>
        (Mix(_seed + ((ulong)salt * 0xD1B54A32D192ED03UL) + ((ulong)point * 0x9E3779B97F4A7C15UL)) >> 11) * (1.0 / (1UL << 53));

    // The finaliser of SplitMix64: every input bit reaches every output bit.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
