using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Hosts;

/// <summary>Looks from outside whether a host is locked in before it gets to see any code.</summary>
internal static class CageCheck
{
    /// <summary>Asks the kernel what holds for the process, and compares with what the host found out itself.</summary>
    /// <returns>Null when the cage holds; else what is wrong.</returns>
    public static string? FindFault(int processId, ReadyFrame ready)
    {
        string status;
        try
        {
            status = File.ReadAllText($"/proc/{processId}/status");
        }
        catch (IOException)
        {
            return "its process is gone";
        }

        return FindFault(status, ready);
    }

    /// <summary>The same for a given content of <c>/proc/&lt;pid&gt;/status</c>.</summary>
    internal static string? FindFault(string status, ReadyFrame ready)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in status.Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon > 0)
            {
                fields[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        if (ready.Protocol != HostProtocol.Version)
        {
            return $"the host speaks protocol {ready.Protocol}, this worker {HostProtocol.Version}";
        }

        if (ready.Cage is not ("full" or "seccomp-only"))
        {
            return "it is not caged";
        }

        if (fields.GetValueOrDefault("NoNewPrivs") != "1")
        {
            return "it could gain privileges";
        }

        if (fields.GetValueOrDefault("Seccomp") != "2")
        {
            return "its system calls are not filtered";
        }

        if (!int.TryParse(fields.GetValueOrDefault("Seccomp_filters"), out var filters) || filters < 2)
        {
            return "the second filter of its system calls is missing";
        }

        if (fields.GetValueOrDefault("CapEff")?.Trim('0') is not "")
        {
            return "it holds capabilities";
        }

        if (ready.Probes is not { Count: > 0 } probes)
        {
            return "it did not try its cage";
        }

        foreach (var (name, outcome) in probes)
        {
            if (outcome != "denied")
            {
                return $"its probe {name} was not denied: {HostFailure.Readable(outcome, 200)}";
            }
        }

        return null;
    }
}
