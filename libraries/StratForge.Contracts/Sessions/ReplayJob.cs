namespace StratForge.Contracts.Sessions;

/// <summary>Names that gateway and worker share about replays.</summary>
public static class ReplayJob
{
    /// <summary>Kind of the job; its subject is the session.</summary>
    public const string Kind = "replay";

    /// <summary>Failure code: the session left nothing to replay.</summary>
    public const string NothingRecorded = "NOTHING_RECORDED";

    /// <summary>Failure code: what the session was told is no longer kept.</summary>
    public const string TapeGone = "TAPE_GONE";
}
