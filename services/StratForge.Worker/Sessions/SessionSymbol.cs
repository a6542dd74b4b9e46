namespace StratForge.Worker.Sessions;

/// <summary>One of the symbols of a session.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="FirstSeq">Its bars after this number are the session's. Fixed when the session first ran.</param>
/// <param name="RecoverySeq">The newest bar there was when the session was claimed, or a later one.</param>
internal readonly record struct SessionSymbol(string Symbol, long FirstSeq, long RecoverySeq);
