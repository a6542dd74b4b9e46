using System.Diagnostics;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.HostPipes;

/// <summary>The least that a strategy host could be: a process that answers each frame with a frame. No cage, no strategy, no JSON.</summary>
internal sealed class PipeChild : IDisposable
{
    /// <summary>First argument of this program when it is to be such a child.</summary>
    public const string Verb = "host-pipes-child";

    private readonly Process _process;

    private PipeChild(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        Input = _process.StandardInput.BaseStream;
        Output = _process.StandardOutput.BaseStream;
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>This program again, as a child.</summary>
    public static PipeChild StartDotNet() => new(DotNetStart());

    /// <param name="python">The interpreter.</param>
    public static PipeChild StartPython(string python) => new(PythonStart(python));

    /// <summary>How this program is started as a child.</summary>
    public static ProcessStartInfo DotNetStart() => OwnChild.Of(Verb);

    /// <summary>How a child in Python is started.</summary>
    /// <param name="python">The interpreter.</param>
    public static ProcessStartInfo PythonStart(string python)
    {
        var answer = string.Concat(PipeFrames.Answer.Select(value => $"\\x{value:x2}"));
        var start = new ProcessStartInfo(python);
        foreach (var argument in (string[])["-I", "-S", "-c", $"import os\nwhile os.read(0, {PipeFrames.Longest}):\n    os.write(1, b'{answer}')"])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>The path of the interpreter itself, which a version manager may hide behind a script of its own.</summary>
    /// <returns>Null when there is no Python 3 on PATH.</returns>
    public static async Task<string?> FindPythonAsync()
    {
        var start = new ProcessStartInfo("python3") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("import sys; print(sys.executable)");
        try
        {
            using var process = Process.Start(start)!;
            var path = (await process.StandardOutput.ReadToEndAsync()).Trim();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? path : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The child's side: answers until its input ends.</summary>
    public static int Answer()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        Span<byte> frame = stackalloc byte[PipeFrames.Longest];
        while (PipeFrames.TryRead(input, frame))
        {
            output.Write(PipeFrames.Answer);
        }

        return 0;
    }

    /// <summary>Closes its input, which ends it, and waits for that.</summary>
    public void Dispose()
    {
        Input.Dispose();
        _process.WaitForExit();
        Output.Dispose();
        _process.Dispose();
    }
}
