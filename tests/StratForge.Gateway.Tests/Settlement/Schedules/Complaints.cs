using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>Hears what a gateway logs as an error in keeping the books: a report that contradicts them, a command that can't be done. No schedule gives cause for one.</summary>
internal sealed class Complaints(ConcurrentQueue<string> wrongs) : ILoggerProvider, ILogger
{
    // Said of a replacement when the line breaks around its commit: it is not repeatable.
    private const string GivenUp = "LogGivenUp";

    /// <summary>The process is dead: nobody hears it any more.</summary>
    public bool IsOver { get; set; }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsOver && IsEnabled(logLevel) && eventId.Name != GivenUp)
        {
            wrongs.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
