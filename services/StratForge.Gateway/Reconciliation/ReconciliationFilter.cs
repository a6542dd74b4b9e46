using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Which entries of the history to list.</summary>
internal sealed record ReconciliationFilter : IValidated
{
    private static readonly string[] Kinds = ["opening", "drift", "changed", "recovered", "repaired"];

    /// <summary>Those of one asset.</summary>
    public string? Asset { get; init; }

    /// <summary>Those of one kind.</summary>
    public string? Kind { get; init; }

    public void Validate(FieldErrors errors)
    {
        if (Asset is not (null or BookedAsset.Usd) && !Contracts.Market.Symbols.IsWellFormed(Asset))
        {
            errors.Add("asset", "has to be USD or a symbol.");
        }

        if (Kind is not null && !Kinds.Contains(Kind, StringComparer.Ordinal))
        {
            errors.Add("kind", $"may be {string.Join(", ", Kinds)}.");
        }
    }
}
