using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace StratForge.Gateway.Tests;

/// <summary>Lines that one part of the gateway logged as errors.</summary>
/// <param name="part">Part of the names of the classes that belong to it.</param>
internal sealed class Alarms(string part) : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) =>
        categoryName.Contains(part, StringComparison.Ordinal) ? new Alarm(Lines) : NullLogger.Instance;

    public void Dispose()
    {
    }

    private sealed class Alarm(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue(formatter(state, exception));
            }
        }
    }
}
