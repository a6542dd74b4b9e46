using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StratForge.Benchmarks.HostStart;

/// <summary>One child process that answers frames with frames, from its start on.</summary>
internal sealed class MeasuredHost : IDisposable
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Process _process;
    private readonly byte[] _buffer = new byte[8 * 1024 * 1024];

    public MeasuredHost(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    /// <summary>Time since it was started.</summary>
    public double Milliseconds => Stopwatch.GetElapsedTime(_began).TotalMilliseconds;

    public void Send(ReadOnlySpan<byte> body)
    {
        var stream = _process.StandardInput.BaseStream;
        var frame = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame.AsSpan(sizeof(int)));
        stream.Write(frame);
        stream.Flush();
    }

    /// <summary>The next frame, valid until the one after it.</summary>
    /// <exception cref="InvalidOperationException">The child said something else than was due.</exception>
    public ReadOnlySpan<byte> Read(string? due = null)
    {
        var stream = _process.StandardOutput.BaseStream;
        stream.ReadExactly(_buffer, 0, sizeof(int));
        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer);
        stream.ReadExactly(_buffer, 0, length);
        var frame = _buffer.AsSpan(0, length);
        return due is null || frame.StartsWith(Encoding.UTF8.GetBytes($$"""{"type":"{{due}}""")) || frame.StartsWith(Encoding.UTF8.GetBytes($$"""{"type": "{{due}}"""))
            ? frame
            : throw new InvalidOperationException($"The host said {Encoding.UTF8.GetString(frame)}, not {due}.");
    }

    /// <summary>Its resident memory and its share of it, MB. The latter counts what processes share in parts.</summary>
    public (double Resident, double Share) Memory()
    {
        var fields = File.ReadLines($"/proc/{_process.Id}/smaps_rollup")
            .Select(line => line.Split(':', 2))
            .Where(line => line is ["Rss" or "Pss", _])
            .ToDictionary(
                line => line[0], line => double.Parse(line[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024, StringComparer.Ordinal);
        return (fields["Rss"], fields["Pss"]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
