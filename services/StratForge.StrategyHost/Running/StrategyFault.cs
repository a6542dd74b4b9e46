using System.Diagnostics;
using System.Reflection;

namespace StratForge.StrategyHost.Running;

/// <summary>Says to a strategy's author what went wrong and where.</summary>
internal static class StrategyFault
{
    /// <summary>File name under which a strategy's source is compiled.</summary>
    public const string SourceName = "strategy.cs";

    /// <summary><c>DivideByZeroException in OnBar, line 12: Attempted to divide by zero.</c></summary>
    public static string Describe(Exception exception)
    {
        var cause = exception is TypeInitializationException or TargetInvocationException && exception.InnerException is { } inner
            ? inner
            : exception;
        if (cause is StrategyRefused)
        {
            return cause.Message;
        }

        foreach (var frame in new StackTrace(cause, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetFileName() is { } file && file.EndsWith(SourceName, StringComparison.Ordinal))
            {
                var method = frame.GetMethod()?.Name ?? "?";
                return $"{cause.GetType().Name} in {method}, line {frame.GetFileLineNumber()}: {cause.Message}";
            }
        }

        return $"{cause.GetType().Name}: {cause.Message}";
    }
}
