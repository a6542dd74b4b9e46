using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>One line a resource wrote.</summary>
/// <param name="LineNumber">From 1, per resource.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>What every resource wrote: the newest lines are kept, new ones go to those who watch.</summary>
public sealed class ResourceLoggerService
{
    /// <summary>Lines kept per resource; about ten minutes of a busy service.</summary>
    internal const int Kept = 4000;

    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Told every line of every resource, in order per resource.</summary>
    internal Action<string, LogLine>? Written { get; set; }

    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    public ILogger GetLogger(string resourceName) => new LineLogger(this, resourceName);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    /// <summary>The lines kept, then new ones as they come. A watcher more than 10,000 lines behind loses the oldest.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Of(resourceName).WatchAsync();

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask;
        yield return Of(resourceName).Newest(Kept);
    }

    internal IReadOnlyList<LogLine> Newest(string resourceName, int count) => Of(resourceName).Newest(count);

    internal void Write(string resourceName, string content, bool isError)
    {
        var line = Of(resourceName).Add(content, isError);
        Written?.Invoke(resourceName, line);
    }

    private ResourceLog Of(string resourceName) => _logs.GetOrAdd(resourceName, _ => new ResourceLog());

    private sealed class ResourceLog
    {
        private readonly Lock _writing = new();
        private readonly Queue<LogLine> _lines = new();
        private ImmutableList<Channel<LogLine>> _watchers = [];
        private int _written;

        public LogLine Add(string content, bool isError)
        {
            lock (_writing)
            {
                var line = new LogLine(++_written, content, isError);
                _lines.Enqueue(line);
                if (_lines.Count > Kept)
                {
                    _lines.Dequeue();
                }

                foreach (var watcher in _watchers)
                {
                    watcher.Writer.TryWrite(line);
                }

                return line;
            }
        }

        public IReadOnlyList<LogLine> Newest(int count)
        {
            lock (_writing)
            {
                return [.. _lines.TakeLast(count)];
            }
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var channel = Channel.CreateBounded<LogLine>(
                new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
            IReadOnlyList<LogLine> kept;
            lock (_writing)
            {
                kept = [.. _lines];
                _watchers = _watchers.Add(channel);
            }

            try
            {
                if (kept.Count > 0)
                {
                    yield return kept;
                }

                while (await channel.Reader.WaitToReadAsync(cancellationToken))
                {
                    var batch = new List<LogLine>();
                    while (batch.Count < 500 && channel.Reader.TryRead(out var line))
                    {
                        batch.Add(line);
                    }

                    yield return batch;
                }
            }
            finally
            {
                lock (_writing)
                {
                    _watchers = _watchers.Remove(channel);
                }
            }
        }
    }

    private sealed class LineLogger(ResourceLoggerService service, string resourceName) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            foreach (var line in formatter(state, exception).Split('\n'))
            {
                service.Write(resourceName, line.TrimEnd('\r'), logLevel >= LogLevel.Error);
            }

            if (exception is not null)
            {
                service.Write(resourceName, exception.ToString(), isError: true);
            }
        }
    }
}
