using System.ComponentModel;

namespace StratForge.Gateway.Hosting;

/// <summary>Which page of a list that is ordered by time.</summary>
internal sealed record PageQuery : IValidated
{
    [Description("1 to 200 items; 50 if not given.")]
    public int? Limit { get; init; }

    [Description("The nextCursor of the page before.")]
    public Cursor? Cursor { get; init; }

    public int Take => Limit ?? PageLimits.Default;

    public void Validate(FieldErrors errors) => PageLimits.Check(errors, Limit);

    /// <summary>The page out of rows that were read with one to spare.</summary>
    public Page<T> Of<T>(List<T> rows, Func<T, Cursor> place) =>
        rows.Count > Take
            ? new Page<T>(rows.GetRange(0, Take), place(rows[Take - 1]).ToString())
            : new Page<T>(rows, NextCursor: null);
}
