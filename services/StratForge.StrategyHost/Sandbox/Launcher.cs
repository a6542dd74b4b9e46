using System.Runtime.InteropServices;
using StratForge.StrategyHost.Protocol;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>Locks this process down and becomes the runtime of one strategy.</summary>
internal static unsafe class Launcher
{
    /// <summary>Becomes the host of the given kind; returns only when it could not.</summary>
    public static int Launch(string kind)
    {
        try
        {
            var target = LaunchTarget.For(kind);
            var support = KernelSupport.Find(SystemCalls.OfThisMachine());
            if (support.Mode is { } mode)
            {
                LockDown.Become(target, mode, support.Landlock);
            }
            else if (Environment.GetEnvironmentVariable(Cage.UnsafeSwitch) == "1")
            {
                BecomeUncaged(target);
            }
            else
            {
                throw new SandboxUnavailable("This kernel does not filter system calls (seccomp), so strategies can't be caged on this machine.");
            }

            throw new SandboxUnavailable($"{target.Runtime} can't be started: errno {Marshal.GetLastPInvokeError()}.");
        }
        catch (SandboxUnavailable exception)
        {
            using var text = new FrameText();
            new FramePipe(0, 1).Write(text.Error("SANDBOX_UNAVAILABLE", exception.Message));
            return HostExit.SandboxUnavailable;
        }
    }

    /// <summary>Compiles our Python package to byte code, so that no start has to: the cage lets hosts write nothing. Becomes Python for
    /// that and returns only when there is none.</summary>
    public static int CompilePackage()
    {
        try
        {
            var python = PythonRuntime.Find();
            _ = Native.Execve(
                (byte*)Marshal.StringToCoTaskMemUTF8(python.Interpreter),
                Native.Strings([python.Interpreter, "-I", "-S", "-m", "compileall", "-q", python.Package]),
                Native.Strings(["LANG=C.UTF-8"]));
            throw new SandboxUnavailable($"{python.Interpreter} can't be started: errno {Marshal.GetLastPInvokeError()}.");
        }
        catch (SandboxUnavailable exception)
        {
            Console.Error.WriteLine(exception.Message);
            return HostExit.SandboxUnavailable;
        }
    }

    /// <summary>Says how to start the host.</summary>
    public static int Usage()
    {
        Console.Error.WriteLine("usage: dotnet StratForge.StrategyHost.dll launch csharp|python|compile, or compile-package");
        return HostExit.Usage;
    }

    private static void BecomeUncaged(LaunchTarget target)
    {
        Console.Error.WriteLine($"[host] NO CAGE: none can be built here, and {Cage.UnsafeSwitch} is set. The strategy can do whatever this user can.");
        _ = Native.Execve(
            (byte*)Marshal.StringToCoTaskMemUTF8(target.Runtime),
            Native.Strings([target.Runtime, .. target.Arguments]),
            Native.Strings([.. target.Environment, $"{CageMode.Variable}={CageMode.None}"]));
    }
}
