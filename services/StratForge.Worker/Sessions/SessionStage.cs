namespace StratForge.Worker.Sessions;

/// <summary>What a claimed session is doing, in an operator's words.</summary>
internal enum SessionStage
{
    /// <summary>Its code is compiled, history is waited for, or others are started before it; after a crash, its pause.</summary>
    Waiting,

    /// <summary>Its host is started and warmed up.</summary>
    Starting,

    /// <summary>It is told what came before it was claimed.</summary>
    CatchingUp,

    /// <summary>It gets what comes.</summary>
    Live,

    /// <summary>It stops.</summary>
    Ending,
}
