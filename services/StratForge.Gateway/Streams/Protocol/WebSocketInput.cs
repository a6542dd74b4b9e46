using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace StratForge.Gateway.Streams.Protocol;

/// <summary>Takes apart what a client sends (RFC 6455, sections 5 and 7). Holds memory only while a message is half there.</summary>
internal sealed class WebSocketInput(int longestMessage) : IDisposable
{
    private const int LongestControl = 125;
    private const int MaskLength = 4;

    private byte[]? _parts;
    private int _partsLength;
    private bool _inMessage;

    /// <summary>Longest frame with its head: what a buffer has to hold to be sure to hold one whole.</summary>
    public int LongestFrame => longestMessage + 14;

    /// <summary>Whether the beginning of a message is held.</summary>
    public bool IsHalfRead => _inMessage;

    /// <summary>Takes one frame from the beginning of what has arrived.</summary>
    /// <param name="bytes">What has arrived; unmasked in place.</param>
    /// <param name="frame">What it says; its payload lies in <paramref name="bytes"/>, or is valid until the next call.</param>
    /// <returns>Bytes it took; zero when no frame is whole yet.</returns>
    public int TryTake(Span<byte> bytes, out InputFrame frame)
    {
        frame = default;
        if (bytes.Length < 2)
        {
            return 0;
        }

        var isFinal = (bytes[0] & 0x80) != 0;
        var opcode = (Opcode)(bytes[0] & 0x0F);
        if ((bytes[0] & 0x70) != 0)
        {
            return Broken(bytes, out frame, "Reserved bits are set; no extension was agreed on.");
        }

        if (opcode is not (Opcode.Continuation or Opcode.Text or Opcode.Binary or Opcode.Close or Opcode.Ping or Opcode.Pong))
        {
            return Broken(bytes, out frame, "There is no such opcode.");
        }

        if ((bytes[1] & 0x80) == 0)
        {
            return Broken(bytes, out frame, "Frames of clients are masked.");
        }

        long length = bytes[1] & 0x7F;
        var head = 2;
        if (length == 126)
        {
            if (bytes.Length < 4)
            {
                return 0;
            }

            (length, head) = (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 4);
            if (length < 126)
            {
                return Broken(bytes, out frame, "The length is not in its shortest form.");
            }
        }
        else if (length == 127)
        {
            if (bytes.Length < 10)
            {
                return 0;
            }

            (length, head) = (BinaryPrimitives.ReadInt64BigEndian(bytes[2..]), 10);
            if (length is >= 0 and <= ushort.MaxValue)
            {
                return Broken(bytes, out frame, "The length is not in its shortest form.");
            }
        }

        var isControl = opcode >= Opcode.Close;
        if (isControl && (!isFinal || length > LongestControl))
        {
            return Broken(bytes, out frame, "A control frame is whole and has at most 125 bytes.");
        }

        if (length < 0 || length + (isControl ? 0 : _partsLength) > longestMessage)
        {
            frame = InputFrame.Fault(CloseCode.TooLong, $"A message may have at most {longestMessage} bytes.");
            return bytes.Length;
        }

        var whole = head + MaskLength + (int)length;
        if (bytes.Length < whole)
        {
            return 0;
        }

        var payload = bytes.Slice(head + MaskLength, (int)length);
        Unmask(payload, bytes.Slice(head, MaskLength));
        frame = isControl ? Control(opcode, payload) : Part(opcode, payload, isFinal);
        return whole;
    }

    public void Dispose() => Forget();

    private static int Broken(Span<byte> bytes, out InputFrame frame, string reason)
    {
        frame = InputFrame.Fault(CloseCode.ProtocolError, reason);
        return bytes.Length;
    }

    private static InputFrame Control(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode != Opcode.Close)
        {
            return new InputFrame(opcode, payload);
        }

        if (payload.Length == 0)
        {
            return InputFrame.Closing((int)CloseCode.NoneGiven);
        }

        if (payload.Length == 1)
        {
            return InputFrame.Fault(CloseCode.ProtocolError, "A close code has two bytes.");
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        return !IsSendable(code) ? InputFrame.Fault(CloseCode.ProtocolError, "There is no such close code.")
            : !Utf8.IsValid(payload[2..]) ? InputFrame.Fault(CloseCode.NotUtf8, "The reason is not UTF-8.")
            : InputFrame.Closing(code);
    }

    private InputFrame Part(Opcode opcode, ReadOnlySpan<byte> payload, bool isFinal)
    {
        if (opcode == Opcode.Binary)
        {
            return InputFrame.Fault(CloseCode.NotText, "Messages are JSON, as text.");
        }

        if (opcode == Opcode.Continuation != _inMessage)
        {
            return InputFrame.Fault(
                CloseCode.ProtocolError, _inMessage ? "A message began before the one before it ended." : "There is no message to continue.");
        }

        if (isFinal && !_inMessage)
        {
            return Text(payload);
        }

        Keep(payload);
        _inMessage = !isFinal;
        if (!isFinal)
        {
            return new InputFrame(Opcode.Continuation, []);
        }

        var message = Text(_parts.AsSpan(0, _partsLength));
        _partsLength = 0;
        return message;
    }

    private static InputFrame Text(ReadOnlySpan<byte> payload) =>
        Utf8.IsValid(payload) ? new InputFrame(Opcode.Text, payload) : InputFrame.Fault(CloseCode.NotUtf8, "The text is not UTF-8.");

    private void Keep(ReadOnlySpan<byte> payload)
    {
        if (_parts is null || _parts.Length < _partsLength + payload.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, _partsLength + payload.Length));
            _parts.AsSpan(0, _partsLength).CopyTo(larger);
            var length = _partsLength;
            Forget();
            (_parts, _partsLength) = (larger, length);
        }

        payload.CopyTo(_parts.AsSpan(_partsLength));
        _partsLength += payload.Length;
    }

    /// <summary>Gives back the memory of a message that was handled.</summary>
    public void Forget()
    {
        if (_parts is { } parts)
        {
            (_parts, _partsLength) = (null, 0);
            ArrayPool<byte>.Shared.Return(parts);
        }
    }

    private static void Unmask(Span<byte> payload, ReadOnlySpan<byte> mask)
    {
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= mask[i & 3];
        }
    }

    // Section 7.4: 1004 to 1006 and 1015 are never sent; 3000 to 4999 are for applications.
    private static bool IsSendable(int code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}

/// <summary>One frame that a client sent, or what is wrong with it.</summary>
internal readonly ref struct InputFrame
{
    public InputFrame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Opcode = opcode;
        Payload = payload;
    }

    private InputFrame(Opcode opcode, int code, string? fault)
    {
        Opcode = opcode;
        Code = code;
        FaultReason = fault;
    }

    /// <summary>A whole text message is <see cref="Opcode.Text"/>; a part that does not end one is <see cref="Opcode.Continuation"/>.</summary>
    public Opcode Opcode { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Of a close frame, the client's; of a fault, ours.</summary>
    public int Code { get; }

    /// <summary>What the client did wrong; null when nothing.</summary>
    public string? FaultReason { get; }

    public static InputFrame Fault(CloseCode code, string reason) => new(Opcode.Close, (int)code, reason);

    public static InputFrame Closing(int code) => new(Opcode.Close, code, null);
}
