using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace StratForge.Worker.Hosts;

/// <summary>One thread that waits for every pipe of every host at once and runs everything that touches a session.</summary>
/// <remarks>A thread per host would cost a stack and a context switch per event; asynchronous file streams hop through the thread
/// pool. Because sessions, bars and signals live on this thread alone, none of them needs a lock.</remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>Size of <see cref="Scratch"/>, bytes.</summary>
    public const int ScratchSize = 64 * 1024;

    private const int EventsPerWait = 1_024;

    // struct epoll_event is packed on x86-64 (12 bytes, data at 4) and naturally aligned elsewhere (16 bytes, data at 8).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly List<Action> _turnEnds = [];
    private readonly List<LoopTimer> _timers = [];
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _surprise;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Thread _thread;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsPerWait * 16, pinned: true);
    private Action<uint>?[] _handlers = new Action<uint>?[256];
    private int _woken;
    private volatile bool _ending;

    /// <param name="clock">Drives the timers.</param>
    /// <param name="surprise">Told of an exception that escaped one piece of work; the loop goes on with the next.</param>
    public EventLoop(TimeProvider clock, Action<Exception> surprise)
    {
        _clock = clock;
        _surprise = surprise;
        _epoll = Posix.CreateEpoll();
        _wake = Posix.CreateWakeUp();
        Watch(_wake, Posix.Readable, _ => DrainWakeUp());
        _thread = new Thread(Run) { Name = "sessions", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Where a handler may put what it reads, until it returns: a thousand hosts share one buffer.</summary>
    public byte[] Scratch { get; } = GC.AllocateArray<byte>(ScratchSize, pinned: true);

    /// <summary>Whether the caller runs on the loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Runs <paramref name="work"/> on the loop, after what was posted before. From any thread.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Wake();
    }

    /// <summary>Tells of an exception that somebody on the loop has dealt with and that should be known all the same.</summary>
    public void Report(Exception exception) => _surprise(exception);

    /// <summary>Runs <paramref name="work"/> on the loop and hands back what it gives. From any thread but the loop's.</summary>
    public Task<T> AskAsync<T>(Func<T> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(work());
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                answer.SetException(exception);
            }
        });
        return answer.Task;
    }

    /// <summary>Runs <paramref name="work"/> whenever everything that was ready has been handled: the place to send what was gathered.</summary>
    public void AtTurnEnd(Action work) => Post(() => _turnEnds.Add(work));

    /// <summary>Runs <paramref name="work"/> again and again, never twice to catch up.</summary>
    public void Every(TimeSpan interval, Action work) =>
        Post(() => _timers.Add(new LoopTimer(interval, work) { DueAt = _clock.GetTimestamp() + Ticks(interval) }));

    /// <summary>Runs <paramref name="work"/> once, after <paramref name="delay"/>. On the loop only.</summary>
    public void After(TimeSpan delay, Action work) =>
        _timers.Add(new LoopTimer(null, work) { DueAt = _clock.GetTimestamp() + Ticks(delay) });

    /// <summary>Calls <paramref name="handler"/> with what the descriptor is ready for, as long as it is ready. On the loop, or before it runs.</summary>
    public void Watch(int descriptor, uint interest, Action<uint> handler)
    {
        if (descriptor >= _handlers.Length)
        {
            Array.Resize(ref _handlers, Math.Max(descriptor + 1, _handlers.Length * 2));
        }

        _handlers[descriptor] = handler;
        Posix.Check(Control(Posix.Add, descriptor, interest), "epoll_ctl");
    }

    /// <summary>Stops watching; before the descriptor is closed.</summary>
    public void Unwatch(int descriptor)
    {
        _handlers[descriptor] = null;
        _ = Control(Posix.Delete, descriptor, 0);
    }

    public void Dispose()
    {
        if (_ending)
        {
            return;
        }

        _ending = true;
        Wake();
        if (!IsCurrent)
        {
            _thread.Join();
        }

        _ = Posix.close(_wake);
        _ = Posix.close(_epoll);
    }

    private int Control(int operation, int descriptor, uint interest)
    {
        var change = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(change, 4), interest);
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(change + DataOffset, 4), descriptor);
        return Posix.epoll_ctl(_epoll, operation, descriptor, change);
    }

    private void Wake()
    {
        if (Thread.CurrentThread == _thread || Interlocked.Exchange(ref _woken, 1) != 0)
        {
            return;
        }

        var one = 1L;
        _ = Posix.write(_wake, (byte*)&one, sizeof(long));
    }

    private void DrainWakeUp()
    {
        long count;
        _ = Posix.read(_wake, (byte*)&count, sizeof(long));
    }

    private void Run()
    {
        fixed (byte* events = _events)
        {
            while (!_ending)
            {
                var ready = Posix.epoll_wait(_epoll, events, EventsPerWait, UntilNextTimer());
                for (var i = 0; i < ready; i++)
                {
                    var entry = new ReadOnlySpan<byte>(events + (i * EventSize), EventSize);
                    var descriptor = BinaryPrimitives.ReadInt32LittleEndian(entry[DataOffset..]);
                    if (_handlers[descriptor] is { } handler)
                    {
                        Guarded(handler, BinaryPrimitives.ReadUInt32LittleEndian(entry));
                    }
                }

                // Cleared before the queue is emptied: what is posted from here on wakes the loop once more.
                Interlocked.Exchange(ref _woken, 0);
                for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
                {
                    Guarded(work);
                }

                RunTimers();
                foreach (var work in _turnEnds)
                {
                    Guarded(work);
                }
            }
        }
    }

    private int UntilNextTimer()
    {
        if (!_posted.IsEmpty)
        {
            return 0;
        }

        if (_timers.Count == 0)
        {
            return -1;
        }

        var next = _timers.Min(timer => timer.DueAt);
        var left = _clock.GetElapsedTime(_clock.GetTimestamp(), next).TotalMilliseconds;
        return left <= 0 ? 0 : (int)Math.Min(Math.Ceiling(left), 60_000);
    }

    private void RunTimers()
    {
        if (_timers.Count == 0)
        {
            return;
        }

        var now = _clock.GetTimestamp();
        for (var i = _timers.Count - 1; i >= 0; i--)
        {
            var timer = _timers[i];
            if (timer.DueAt > now)
            {
                continue;
            }

            if (timer.Interval is { } interval)
            {
                timer.DueAt = now + Ticks(interval);
            }
            else
            {
                _timers.RemoveAt(i);
            }

            Guarded(timer.Work);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _clock.TimestampFrequency);

    // One session's surprise must not end all others: whoever owns the loop decides what to say about it.
    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _surprise(exception);
        }
    }

    private void Guarded(Action<uint> handler, uint ready)
    {
        try
        {
            handler(ready);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _surprise(exception);
        }
    }

    private sealed class LoopTimer(TimeSpan? interval, Action work)
    {
        public TimeSpan? Interval { get; } = interval;

        public Action Work { get; } = work;

        public long DueAt { get; set; }
    }
}
