namespace StratForge.Gateway.Reconciliation;

/// <summary>What a look makes of one asset.</summary>
internal enum Verdict
{
    /// <summary>Books and broker agree.</summary>
    Matches,

    /// <summary>They differ by what orders in flight can explain.</summary>
    InFlight,

    /// <summary>Something was booked while the broker was read: the two say nothing about each other.</summary>
    Moving,

    /// <summary>They differ and nothing explains it; the next look tells whether that stands.</summary>
    Suspect,

    /// <summary>They differed in the same way at the look before: a new drift, or another than the one that stood.</summary>
    Drift,

    /// <summary>The drift that is known.</summary>
    Stands,

    /// <summary>The drift that was known is gone.</summary>
    Recovered,
}

/// <summary>A drift that was found before and has not ended.</summary>
/// <param name="Id">Its entry in the history.</param>
/// <param name="Difference">What the broker has more than the books.</param>
internal sealed record StandingDrift(long Id, decimal Difference);

/// <summary>One asset in one look.</summary>
/// <param name="Booked">What the books say.</param>
/// <param name="Actual">What the broker has.</param>
/// <param name="InFlight">What orders in flight can have moved.</param>
/// <param name="Standing">The drift that stood before.</param>
/// <param name="Verdict">What that means.</param>
internal sealed record AssetFinding(BookedAsset Booked, decimal Actual, InFlight InFlight, StandingDrift? Standing, Verdict Verdict)
{
    public string Asset => Booked.Asset;

    public decimal Difference => Actual - Booked.Expected;

    /// <summary>Whether another look may make more of it.</summary>
    public bool WantsAnotherLook => Verdict is Verdict.Moving or Verdict.Suspect;

    /// <summary>The status it is shown with.</summary>
    public string Status => Verdict switch
    {
        Verdict.Drift or Verdict.Stands => ReconciledStatus.Drift,
        Verdict.Recovered or Verdict.Matches => ReconciledStatus.Matches,
        _ => Standing is null ? ReconciledStatus.InFlight : ReconciledStatus.Drift,
    };

    /// <summary>Judges one asset.</summary>
    /// <param name="booked">What the books say.</param>
    /// <param name="actual">What the broker has.</param>
    /// <param name="inFlight">What orders in flight can have moved.</param>
    /// <param name="moved">Whether something of the asset was booked during the look.</param>
    /// <param name="standing">The drift that stood before.</param>
    /// <param name="suspected">The difference that the look before could not explain.</param>
    public static AssetFinding Of(
        BookedAsset booked, decimal actual, InFlight inFlight, bool moved, StandingDrift? standing, decimal? suspected)
    {
        var difference = actual - booked.Expected;
        var known = standing?.Difference ?? 0;
        var verdict =
            difference == known ? (standing is null ? Verdict.Matches : Verdict.Stands)
            : moved ? Verdict.Moving
            : inFlight.Explains(difference - known) ? Verdict.InFlight
            : difference == 0 ? Verdict.Recovered
            : difference == suspected ? Verdict.Drift
            : Verdict.Suspect;
        return new AssetFinding(booked, actual, inFlight, standing, verdict);
    }
}
