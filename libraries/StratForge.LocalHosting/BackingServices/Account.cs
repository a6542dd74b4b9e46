namespace StratForge.LocalHosting.BackingServices;

/// <summary>A user of the machine that servers run as when we are root.</summary>
internal sealed record Account(string Name, int UserId, int GroupId)
{
    /// <summary>A command that becomes this user and then, without another process in between, the program that follows.</summary>
    public IReadOnlyList<string> Prefix => Programs.Find("setpriv") is { } setpriv
        ? [setpriv, $"--reuid={UserId}", $"--regid={GroupId}", "--init-groups", "--"]
        : Programs.Find("runuser") is { } runuser
            ? [runuser, "-u", Name, "--"]
            : throw new DistributedApplicationException("Postgres does not run as root, and neither setpriv nor runuser (package util-linux) is here to change the user.");

    /// <summary>The user <c>postgres</c>, which the packages create; else <c>nobody</c>.</summary>
    public static Account ForServers()
    {
        var lines = File.ReadAllLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length >= 4).ToArray();
        var found = lines.FirstOrDefault(fields => fields[0] == "postgres") ?? lines.FirstOrDefault(fields => fields[0] == "nobody");
        return found is null
            ? throw new DistributedApplicationException("Postgres does not run as root, and there is no user 'postgres'. Create one: useradd --system postgres")
            : new(found[0], int.Parse(found[2]), int.Parse(found[3]));
    }

    /// <summary>The first folder on the way down that others may not enter; null when the way is open.</summary>
    public static string? FirstClosedFolder(string path)
    {
        var way = new Stack<DirectoryInfo>();
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            way.Push(folder);
        }

        return way.FirstOrDefault(folder => !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))?.FullName;
    }
}
