using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StratForge.Gateway.Tests;

/// <summary>Exceptions that were logged as errors: what someone would have to look at.</summary>
public sealed class Faults : ILoggerProvider, ILogger
{
    public ConcurrentQueue<Exception> Logged { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            Logged.Enqueue(exception);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
