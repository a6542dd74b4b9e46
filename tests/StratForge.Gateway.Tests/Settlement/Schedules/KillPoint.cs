namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>What a gateway is busy with when it dies.</summary>
internal enum Deed
{
    /// <summary>Nothing: it waits, with orders open.</summary>
    Rest,

    /// <summary>Taking an order by hand in.</summary>
    Order,

    /// <summary>Taking signals in.</summary>
    Signal,

    /// <summary>Orders, signals and reports of the venue in one unit of work.</summary>
    Burst,

    /// <summary>Sending a broker order.</summary>
    Submission,

    /// <summary>Booking the venue's answer to a submission.</summary>
    Answer,

    /// <summary>Booking that an order is live at the venue.</summary>
    Live,

    /// <summary>Booking a fill.</summary>
    Fill,

    /// <summary>Booking the end of an order at the venue.</summary>
    End,

    /// <summary>Taking an order back for its owner.</summary>
    Cancel,

    /// <summary>Asking the venue to give an order back.</summary>
    Recall,

    /// <summary>Putting an order in the place of another.</summary>
    Replace,

    /// <summary>Letting orders move on because prices came: triggering, meeting, sending, calling back.</summary>
    Price,

    /// <summary>Comparing the books with the venue.</summary>
    Comparison,
}

/// <summary>On which side of a deed's outcome a gateway dies.</summary>
internal enum Moment
{
    /// <summary>Before it is written, or before the request arrives.</summary>
    Before,

    /// <summary>After it is written, or after the venue did as it was asked; the answer never arrives.</summary>
    After,

    /// <summary>Another gateway leads, and this one does not know it yet.</summary>
    Superseded,
}

/// <summary>A place between intake and settlement at which a gateway dies.</summary>
/// <param name="Deed">What it is busy with.</param>
/// <param name="Moment">Before or after the outcome.</param>
internal readonly record struct KillPoint(Deed Deed, Moment Moment)
{
    /// <summary>Every one there is: around each commit, around each request to the venue, and between them.</summary>
    public static IReadOnlyList<KillPoint> All { get; } =
    [
        .. Enum.GetValues<Deed>().Where(deed => deed != Deed.Rest).SelectMany(deed => new[] { new KillPoint(deed, Moment.Before), new KillPoint(deed, Moment.After) }),
        new KillPoint(Deed.Rest, Moment.Before),
        new KillPoint(Deed.Rest, Moment.Superseded),
    ];

    /// <summary>Whether it lies at the venue's door; otherwise it lies at a commit.</summary>
    public bool IsAtVenue => Deed is Deed.Submission or Deed.Recall;

    public override string ToString() => $"{Moment}{Deed}";
}
