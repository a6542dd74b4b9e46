using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace StratForge.Worker.Hosts;

/// <summary>One caged child: frames in, frames out, its log, its end. Lives on the loop's thread.</summary>
internal sealed unsafe class HostProcess
{
    // Everything ready is read once per turn; a host that floods its log pipe gets its share of turns, not all of them.
    private const int ReadsAtExit = 16;

    // Fifty-two numbers of at most twenty digits, and the name.
    private const int LongestStatus = 1_280;

    private readonly EventLoop _loop;
    private readonly IHostOwner _owner;
    private readonly SpawnedProcess _process;
    private readonly FrameReader _frames;
    private readonly Queue<ReadOnlyMemory<byte>> _pending = new();
    private readonly int _maxPending;
    private SafeFileHandle? _status;
    private int _pendingBytes;
    private bool _inputOpen = true;
    private bool _outputOpen = true;
    private bool _logOpen = true;
    private bool _broken;

    /// <param name="loop">The thread that owns it.</param>
    /// <param name="process">The child, just started.</param>
    /// <param name="owner">Told what the child says.</param>
    /// <param name="maxFrame">Largest frame it may send, bytes.</param>
    /// <param name="maxPending">Most bytes held while it does not read, bytes.</param>
    public HostProcess(EventLoop loop, SpawnedProcess process, IHostOwner owner, int maxFrame, int maxPending)
    {
        _loop = loop;
        _owner = owner;
        _process = process;
        _frames = new FrameReader(maxFrame);
        _maxPending = maxPending;
        loop.Watch(process.Output, Posix.Readable, _ => ReadOutput());
        loop.Watch(process.Log, Posix.Readable, _ => ReadLog());
        loop.Watch(process.Handle, Posix.Readable, _ => OnEnded());
    }

    public int ProcessId => _process.ProcessId;

    /// <summary>Whether it was collected; its process id may then belong to another.</summary>
    public bool HasExited { get; private set; }

    /// <summary>CPU time used so far, nanoseconds.</summary>
    public long CpuTime => HasExited ? 0 : Posix.CpuTime(ProcessId) ?? 0;

    /// <summary>Hands over one whole frame, length included. The memory must not change until it is written.</summary>
    /// <returns><see langword="false"/> when the child left so much unread that it must be given up.</returns>
    public bool Send(ReadOnlyMemory<byte> frame)
    {
        if (!_inputOpen)
        {
            return true;
        }

        if (_pending.Count == 0)
        {
            var written = Write(frame.Span);
            if (written == frame.Length)
            {
                return true;
            }

            frame = frame[written..];
        }

        if (_pendingBytes + frame.Length > _maxPending)
        {
            return false;
        }

        if (_pending.Count == 0)
        {
            _loop.Watch(_process.Input, Posix.Writable, _ => WritePending());
        }

        _pending.Enqueue(frame);
        _pendingBytes += frame.Length;
        return true;
    }

    /// <summary>Frames bytes that are not JSON: code.</summary>
    public bool SendRaw(ReadOnlyMemory<byte> body)
    {
        var header = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, body.Length);
        return Send(header) && Send(body);
    }

    /// <summary>Nothing more will be sent; a host in good order then ends by itself.</summary>
    public void CloseInput()
    {
        if (!_inputOpen)
        {
            return;
        }

        _inputOpen = false;
        if (_pending.Count > 0)
        {
            _loop.Unwatch(_process.Input);
            _pending.Clear();
            _pendingBytes = 0;
        }

        _ = Posix.close(_process.Input);
    }

    /// <summary>Ends it at once, with everything it may have started. The owner hears of the exit when it has happened.</summary>
    public void Kill()
    {
        if (HasExited)
        {
            return;
        }

        // Not reaped yet, so the id is still its own. Its group exists once it has become a session leader.
        _ = Posix.kill(-ProcessId, Posix.SigKill);
        _ = Posix.kill(ProcessId, Posix.SigKill);
    }

    /// <summary>What it holds now; nothing when it is gone.</summary>
    public HostUsage Usage()
    {
        var fields = Status();
        return fields.Length == 0
            ? default
            : new HostUsage(
                long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize,
                int.Parse(fields[17], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether one of its threads runs or would if it were let, neither asleep nor waiting for anything; or it has ended and this thread has
    /// not heard of it yet.</summary>
    /// <remarks>All threads, not the first alone: that one may wait for another that stands in line, and one that ends waits for all others.</remarks>
    public bool WantsCpu()
    {
        if (HasExited)
        {
            return false;
        }

        try
        {
            return Directory.EnumerateDirectories($"/proc/{ProcessId}/task").Any(thread => StateOf(thread) is 'R' or 'D' or 'Z');
        }
        catch (IOException)
        {
            // It was collected while we looked.
            return false;
        }
    }

    /// <summary>Whether it has said something that this thread has not read yet.</summary>
    public bool HasSpoken() => _outputOpen && Posix.IsReadable(_process.Output);

    /// <summary>For how long its main thread has stood in line for a processor since its start.</summary>
    /// <value>Zero where the kernel does not count it.</value>
    public TimeSpan TimeInLine()
    {
        try
        {
            // /proc/<pid>/schedstat: nanoseconds on a processor, nanoseconds in line, turns.
            return File.ReadAllText($"/proc/{ProcessId}/schedstat").Split(' ') is [_, var inLine, ..]
                ? TimeSpan.FromTicks(long.Parse(inLine, CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick)
                : TimeSpan.Zero;
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }

    // /proc/<pid>/stat from its third field on, the state. The name before it is in parentheses and may hold any character. The file stays open: it is
    // read for each host several times a second, on the thread that everything waits for, and to open it is most of that.
    private string[] Status()
    {
        if (HasExited)
        {
            return [];
        }

        try
        {
            _status ??= File.OpenHandle($"/proc/{ProcessId}/stat");
            Span<byte> text = stackalloc byte[LongestStatus];
            text = text[..RandomAccess.Read(_status, text, fileOffset: 0)];
            return Encoding.ASCII.GetString(text[(text.LastIndexOf((byte)')') + 2)..]).Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static char StateOf(string thread)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(thread, "stat"));
            return text[text.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            // This thread ended while we looked.
            return 'X';
        }
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        var written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length)
            {
                var count = Posix.write(_process.Input, start + written, (nuint)(bytes.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error == Posix.Interrupted)
                {
                    continue;
                }

                // A broken pipe: it is ending, and its exit will say why. What is written to it is of no more use.
                return error == Posix.TryAgain ? written : bytes.Length;
            }
        }

        return written;
    }

    private void WritePending()
    {
        while (_pending.TryPeek(out var next))
        {
            var written = Write(next.Span);
            _pendingBytes -= written;
            _pending.Dequeue();
            if (written < next.Length)
            {
                PutBack(next[written..]);
                return;
            }
        }

        _loop.Unwatch(_process.Input);
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var others = _pending.ToArray();
        _pending.Clear();
        _pending.Enqueue(rest);
        foreach (var other in others)
        {
            _pending.Enqueue(other);
        }
    }

    /// <returns>Whether there may be more.</returns>
    private bool ReadOutput()
    {
        var count = Read(_process.Output, ref _outputOpen);
        if (count <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> input = _loop.Scratch.AsSpan(0, count);
        try
        {
            // After a breach nothing it says counts, but the pipe is still emptied so that it can end.
            while (!_broken && _frames.TryRead(ref input, out var frame))
            {
                _owner.OnFrame(frame);
            }
        }
        catch (InvalidDataException breach)
        {
            _broken = true;
            _owner.OnBreach(breach.Message);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _broken = true;
            OnSurprise(exception);
        }

        return count == EventLoop.ScratchSize;
    }

    // Its owner would otherwise wait for ever for what was not handled.
    private void OnSurprise(Exception exception)
    {
        _loop.Report(exception);
        _owner.OnBreach($"what it said can't be handled ({exception.GetType().Name})");
    }

    private bool ReadLog()
    {
        var count = Read(_process.Log, ref _logOpen);
        try
        {
            if (count > 0)
            {
                _owner.OnLog(_loop.Scratch.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnSurprise(exception);
        }

        return count == EventLoop.ScratchSize;
    }

    private int Read(int descriptor, ref bool open)
    {
        if (!open)
        {
            return 0;
        }

        nint count;
        fixed (byte* buffer = _loop.Scratch)
        {
            do
            {
                count = Posix.read(descriptor, buffer, EventLoop.ScratchSize);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Posix.Interrupted);
        }

        if (count == 0)
        {
            open = false;
            _loop.Unwatch(descriptor);
        }

        return (int)count;
    }

    private void OnEnded()
    {
        if (HasExited || Posix.Reap(ProcessId) is not { } status)
        {
            return;
        }

        HasExited = true;
        for (var i = 0; i < ReadsAtExit && ReadOutput(); i++)
        {
        }

        for (var i = 0; i < ReadsAtExit && ReadLog(); i++)
        {
        }

        CloseInput();
        Close(_process.Output, _outputOpen);
        Close(_process.Log, _logOpen);
        Close(_process.Handle, watched: true);
        _frames.Release();
        _status?.Dispose();
        _owner.OnExit(HostExit.FromWaitStatus(status));
    }

    private void Close(int descriptor, bool watched)
    {
        if (watched)
        {
            _loop.Unwatch(descriptor);
        }

        _ = Posix.close(descriptor);
    }
}

/// <summary>Hears what one host says. Everything on the loop's thread.</summary>
internal interface IHostOwner
{
    /// <summary>One frame without its length; valid during the call.</summary>
    void OnFrame(ReadOnlySpan<byte> frame);

    /// <summary>Bytes of its standard error, cut anywhere; valid during the call.</summary>
    void OnLog(ReadOnlySpan<byte> text);

    /// <summary>What it sent is not the protocol.</summary>
    void OnBreach(string what);

    /// <summary>It ended and was collected. The last call.</summary>
    void OnExit(HostExit exit);
}

/// <summary>What a process holds.</summary>
/// <param name="ResidentMemory">Bytes.</param>
/// <param name="Threads">How many.</param>
internal readonly record struct HostUsage(long ResidentMemory, int Threads);

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code, if it ended by itself.</param>
/// <param name="Signal">The signal that ended it, otherwise.</param>
internal readonly record struct HostExit(int? Code, int? Signal)
{
    public static HostExit FromWaitStatus(int status) =>
        (status & 0x7f) == 0 ? new HostExit((status >> 8) & 0xff, null) : new HostExit(null, status & 0x7f);

    public override string ToString() => Signal is { } signal ? $"ended by signal {signal}" : $"exit code {Code}";
}
