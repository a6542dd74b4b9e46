using System.ComponentModel;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Which part of the equity history, and how finely.</summary>
internal sealed record EquityQuery : IValidated
{
    // Eight hours of minutes, about one per pixel of a chart; pages ask for them every second.
    private const int DefaultPoints = 480;
    private const int MostPoints = 2000;

    [Description("From when on the market's clock; the newest samples since the account began when not given.")]
    public DateTimeOffset? From { get; init; }

    [Description("Until when on the market's clock; now when not given.")]
    public DateTimeOffset? To { get; init; }

    [Description("2 to 2000; 480 if not given. A time with more samples is cut into so many equal parts, and each shows its last one.")]
    public int? Points { get; init; }

    public int Take => Points ?? DefaultPoints;

    public void Validate(FieldErrors errors)
    {
        if (Points is < 2 or > MostPoints)
        {
            errors.Add("points", $"may be 2 to {MostPoints}.");
        }

        if (From >= To)
        {
            errors.Add("from", "has to be before to.");
        }
    }
}
