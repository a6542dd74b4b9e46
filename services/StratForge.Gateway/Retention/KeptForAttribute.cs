using System.ComponentModel.DataAnnotations;

namespace StratForge.Gateway.Retention;

/// <summary>How long something is kept: nothing or zero for ever, else some days at least. Less is a mistake in the unit.</summary>
/// <param name="leastDays">The least.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeptForAttribute(int leastDays) : ValidationAttribute
{
    // A century: what is added to or taken from an instant still is one.
    private const int MostDays = 36_500;

    public int LeastDays => leastDays;

    public override bool IsValid(object? value) =>
        value is null
        || (value is TimeSpan span
            && (span == TimeSpan.Zero || (span >= TimeSpan.FromDays(leastDays) && span <= TimeSpan.FromDays(MostDays))));

    public override string FormatErrorMessage(string name) =>
        $"{name} takes {leastDays} to {MostDays} days, or 0 to keep it for ever.";
}
