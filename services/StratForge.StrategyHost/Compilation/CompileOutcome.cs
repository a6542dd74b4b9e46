namespace StratForge.StrategyHost.Compilation;

/// <summary>What became of a source.</summary>
internal abstract record CompileOutcome
{
    private CompileOutcome()
    {
    }

    /// <summary>It compiled.</summary>
    /// <param name="Name">Name of the strategy's class.</param>
    /// <param name="Assembly">The assembly, with line numbers embedded.</param>
    public sealed record Compiled(string Name, byte[] Assembly) : CompileOutcome;

    /// <summary>It did not, or it uses what strategies may not use.</summary>
    /// <param name="Message">The first error as a sentence.</param>
    /// <param name="Errors">All of them, at most <see cref="StrategyCompiler.MostErrors"/>.</param>
    public sealed record Refused(string Message, IReadOnlyList<SourceError> Errors) : CompileOutcome;
}

/// <summary>One error at its place in the source.</summary>
/// <param name="Line">From 1; 0 when it belongs to no place.</param>
/// <param name="Column">From 1; 0 when it belongs to no place.</param>
/// <param name="Id">The compiler's code (<c>CS0103</c>) or ours (<c>SF0001</c>).</param>
/// <param name="Message">What is wrong.</param>
internal sealed record SourceError(int Line, int Column, string Id, string Message);
