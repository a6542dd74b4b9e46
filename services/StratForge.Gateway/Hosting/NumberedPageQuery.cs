using System.ComponentModel;

namespace StratForge.Gateway.Hosting;

/// <summary>Which page of a list that is ordered by number.</summary>
internal sealed record NumberedPageQuery : IValidated
{
    [Description("1 to 200 items; 50 if not given.")]
    public int? Limit { get; init; }

    [Description("The nextCursor of the page before.")]
    public NumberCursor? Cursor { get; init; }

    public int Take => Limit ?? PageLimits.Default;

    public void Validate(FieldErrors errors) => PageLimits.Check(errors, Limit);

    /// <summary>The page out of rows that were read with one to spare.</summary>
    public Page<T> Of<T>(List<T> rows, Func<T, long> number) =>
        rows.Count > Take
            ? new Page<T>(rows.GetRange(0, Take), new NumberCursor(number(rows[Take - 1])).ToString())
            : new Page<T>(rows, NextCursor: null);
}
