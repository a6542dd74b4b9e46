using System.Text;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.StrategyHost.Protocol;
using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Compilation;

/// <summary>Compiles strategies: source in, assembly or errors out, until the worker closes the pipe.</summary>
internal static class CompileHost
{
    /// <summary>Largest source, bytes of UTF-8.</summary>
    public const int MaxSource = 256 * 1024;

    /// <summary>Speaks over the standard streams.</summary>
    public static int Run()
    {
        var pipe = FramePipe.TakeStandardStreams();
        using var text = new FrameText();
        try
        {
            var compiler = StrategyCompiler.Create();
            if (CageMode.OfThisProcess == CageMode.SeccompOnly)
            {
                compiler.WarmUp();
            }

            pipe.Write(text.Ready("dotnet", Cage.Close()));
            while (pipe.TryRead(MaxSource, out var source))
            {
                switch (compiler.Compile(Encoding.UTF8.GetString(source)))
                {
                    case CompileOutcome.Compiled(var name, var assembly):
                        pipe.Write(JsonSerializer.SerializeToUtf8Bytes(new { type = "compiled", name }, JsonSerializerOptions.Web));
                        pipe.WriteCode(assembly);
                        break;
                    case CompileOutcome.Refused(var message, var errors):
                        pipe.Write(JsonSerializer.SerializeToUtf8Bytes(
                            new { type = "error", code = "COMPILE_ERROR", message, errors }, JsonSerializerOptions.Web));
                        break;
                }
            }

            return HostExit.Ok;
        }
        catch (SandboxUnavailable exception)
        {
            pipe.Write(text.Error("SANDBOX_UNAVAILABLE", exception.Message));
            return HostExit.SandboxUnavailable;
        }
        catch (ProtocolException exception)
        {
            pipe.Write(text.Error("PROTOCOL_ERROR", exception.Message));
            return HostExit.Failed;
        }
    }
}
