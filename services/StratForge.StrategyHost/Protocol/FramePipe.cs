using System.Buffers.Binary;
using System.Runtime.InteropServices;
using StratForge.Contracts.Hosting;

namespace StratForge.StrategyHost.Protocol;

/// <summary>The two pipes to the worker: frames of a 4-byte little-endian length and as many bytes.</summary>
/// <remarks>Speaks to descriptors directly, so that a bar costs one read and one write and nothing is allocated. Frames that came together are
/// answered together.</remarks>
internal sealed unsafe class FramePipe(int input, int output)
{
    private const int HeaderBytes = 4;

    private readonly byte[] _out = new byte[HeaderBytes + HostProtocol.MaxFrameFromHost];
    private byte[] _in = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _unsent;

    /// <summary>Takes the process's standard streams for the protocol. Afterwards standard input is empty and standard output is the log pipe.</summary>
    public static FramePipe TakeStandardStreams()
    {
        var input = Native.Dup(0);
        var output = Native.Dup(1);
        var nothing = Native.Open("/dev/null", Native.O_RDONLY, 0);
        if (input < 0 || output < 0 || nothing < 0 || Native.Dup2(nothing, 0) < 0 || Native.Dup2(2, 1) < 0)
        {
            throw new IOException($"The standard streams can't be taken: errno {Marshal.GetLastPInvokeError()}.");
        }

        _ = Native.Close(nothing);
        return new FramePipe(input, output);
    }

    /// <summary>The next frame, valid until the next call; false when the worker has closed the pipe.</summary>
    /// <exception cref="ProtocolException">The length is out of range, or the pipe ended inside a frame.</exception>
    public bool TryRead(int largest, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (!Fill(HeaderBytes))
        {
            return _end == _start ? false : throw new ProtocolException("The pipe ended inside a frame.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_in.AsSpan(_start));
        if (length < 0 || length > largest)
        {
            throw new ProtocolException($"A frame of {length} bytes; 0 to {largest} are possible here.");
        }

        _start += HeaderBytes;
        if (!Fill(length))
        {
            throw new ProtocolException("The pipe ended inside a frame.");
        }

        frame = _in.AsSpan(_start, length);
        _start += length;
        return true;
    }

    /// <summary>Sends one frame of JSON.</summary>
    /// <exception cref="ProtocolException">Larger than a frame may be.</exception>
    public void Write(ReadOnlySpan<byte> json)
    {
        Add(json);
        Flush();
    }

    /// <summary>Sends one frame of JSON before the next one is waited for.</summary>
    /// <exception cref="ProtocolException">Larger than a frame may be.</exception>
    public void Add(ReadOnlySpan<byte> json)
    {
        if (json.Length > HostProtocol.MaxFrameFromHost)
        {
            throw new ProtocolException($"A frame of {json.Length} bytes; {HostProtocol.MaxFrameFromHost} are possible.");
        }

        if (_unsent + HeaderBytes + json.Length > _out.Length)
        {
            Flush();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_out.AsSpan(_unsent), json.Length);
        json.CopyTo(_out.AsSpan(_unsent + HeaderBytes));
        _unsent += HeaderBytes + json.Length;
    }

    /// <summary>Sends what was added.</summary>
    public void Flush()
    {
        var unsent = _unsent;
        _unsent = 0;
        Send(_out.AsSpan(0, unsent));
    }

    /// <summary>Sends one raw frame of any size up to <see cref="HostProtocol.MaxCode"/>.</summary>
    public void WriteCode(ReadOnlySpan<byte> code)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_out, code.Length);
        Send(_out.AsSpan(0, HeaderBytes));
        Send(code);
    }

    // Makes at least `count` unread bytes available at _start. Where they are not there yet, the worker waits for answers first.
    private bool Fill(int count)
    {
        if (_end - _start >= count)
        {
            return true;
        }

        if (_start == _end)
        {
            // From the front again: the same few lines of the cache, not the next ones of 64 KiB.
            _start = 0;
            _end = 0;
        }

        if (_start + count > _in.Length)
        {
            var target = count > _in.Length ? new byte[count] : _in;
            Buffer.BlockCopy(_in, _start, target, 0, _end - _start);
            _in = target;
            _end -= _start;
            _start = 0;
        }

        Flush();
        while (_end - _start < count)
        {
            nint got;
            fixed (byte* buffer = _in)
            {
                got = Native.ReadQuickly(input, buffer + _end, _in.Length - _end);
                if (got < 0)
                {
                    got = Native.Read(input, buffer + _end, _in.Length - _end);
                }
            }

            if (got > 0)
            {
                _end += (int)got;
            }
            else if (got == 0 || Marshal.GetLastPInvokeError() != Native.EINTR)
            {
                return false;
            }
        }

        return true;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* buffer = bytes)
        {
            nint sent = 0;
            while (sent < bytes.Length)
            {
                var taken = Native.WriteQuickly(output, buffer + sent, bytes.Length - sent);
                if (taken < 0)
                {
                    taken = Native.Write(output, buffer + sent, bytes.Length - sent);
                }

                if (taken >= 0)
                {
                    sent += taken;
                }
                else if (Marshal.GetLastPInvokeError() != Native.EINTR)
                {
                    // Nobody listens any more; there is nobody to tell.
                    Environment.Exit(HostExit.PipeGone);
                }
            }
        }
    }
}
