using Microsoft.Extensions.Logging;

namespace StratForge.LocalHosting.Running;

/// <summary>Warnings and errors of the AppHost itself, among the lines of its resources.</summary>
internal sealed class ReportLoggerProvider(IReport report) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new ReportLogger(report, categoryName);

    public void Dispose()
    {
    }

    private sealed class ReportLogger(IReport report, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                report.Warn($"{category}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}");
            }
        }
    }
}
