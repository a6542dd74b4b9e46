using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>One Redis to start from a native binary.</summary>
/// <param name="DataDirectory">Created when absent; also holds its configuration, readable by its owner only.</param>
/// <param name="Password">Null for none.</param>
/// <param name="Save">Seconds and changes after which it writes to disk; null for never.</param>
/// <param name="Durable">False: its data goes with the run.</param>
internal sealed record RedisSpec(string DataDirectory, int Port, string? Password, (int Seconds, long Changes)? Save, bool Durable);

internal static class RedisServer
{
    private static readonly string[] s_packages = ["redis-server", "valkey-server"];

    /// <returns>Null when there is no binary.</returns>
    public static async Task<LaunchPlan?> PlanAsync(
        RedisSpec spec, IReadOnlyDictionary<string, string> inherited, CancellationToken cancellationToken)
    {
        if (Binary() is not { } binary)
        {
            return null;
        }

        Directory.CreateDirectory(spec.DataDirectory);
        var file = Path.Combine(spec.DataDirectory, "redis.conf");
        var configuration = new StringBuilder()
            .AppendLine("bind 127.0.0.1 -::1")
            .AppendLine($"port {spec.Port}")
            .AppendLine("protected-mode yes")
            .AppendLine("daemonize no")
            .AppendLine($"dir \"{spec.DataDirectory}\"")
            .AppendLine("appendonly no")
            .AppendLine(spec.Save is { } save ? $"save {save.Seconds} {save.Changes}" : "save \"\"");
        if (spec.Password is { } password)
        {
            configuration.AppendLine($"requirepass \"{password}\"");
        }

        // In a file of its own rather than as arguments: those are for everybody to read.
        await using (var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(configuration.ToString()), cancellationToken);
        }

        return new LaunchPlan(binary, [file], spec.DataDirectory, inherited.ToDictionary(StringComparer.Ordinal))
        {
            IsServer = true,
            Disposable = !spec.Durable,
        };
    }

    public static Task InstallAsync(Action<string> say, Action<string> write, CancellationToken cancellationToken) =>
        AptInstaller.InstallAsync("Redis", s_packages, () => Binary() is not null, say, write, cancellationToken);

    /// <summary>Asks for a PONG.</summary>
    /// <exception cref="IOException">It answered otherwise, or hung up.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It speaks TLS with a certificate that this machine does not trust.</exception>
    public static async Task PingAsync(string host, int port, string? password, CancellationToken cancellationToken, bool tls = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancellationToken);
        await using var stream = tls ? new SslStream(client.GetStream()) : (Stream)client.GetStream();
        if (stream is SslStream secured)
        {
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
        }

        var request = (password is null ? "" : Encode("AUTH", password)) + Encode("PING");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        if (password is not null && await reader.ReadLineAsync(cancellationToken) is var authenticated && authenticated != "+OK")
        {
            throw new IOException($"Redis refused the password: {authenticated ?? "the connection was closed"}");
        }

        var answer = await reader.ReadLineAsync(cancellationToken);
        if (answer != "+PONG")
        {
            throw new IOException($"Redis answered: {answer ?? "nothing; the connection was closed"}");
        }

        static string Encode(params string[] parts) =>
            $"*{parts.Length}\r\n" + string.Concat(parts.Select(part => $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n"));
    }

    private static string? Binary() =>
        Programs.Find("redis-server", "/opt/homebrew/opt/redis/bin") ?? Programs.Find("valkey-server");
}

internal sealed class NativeRedis(RedisResource resource) : INativeServer
{
    private (string Path, bool Durable)? _data;

    public bool IsGiven => resource.Given is not null;

    public string InstallHint => OperatingSystem.IsMacOS() ? "brew install redis" : "apt-get install redis-server";

    public IProbe Probe => new ServerProbe($"{resource.Name}_check", AskAsync, resource.PrimaryEndpoint.EndpointAnnotation);

    public void Adopt(IConfiguration configuration)
    {
        if ((configuration.GetConnectionString(resource.Name) is { Length: > 0 } text ? text : configuration["REDIS_URL"]) is { Length: > 0 } given)
        {
            resource.Given = GivenRedis.Parse(given);
        }
    }

    public Task<LaunchPlan?> PlanAsync(ServerContext context, CancellationToken cancellationToken)
    {
        _data ??= DataFolder.Of(resource, context.Data);
        (int, long)? save = resource.TryGetLastAnnotation<PersistenceAnnotation>(out var persistence)
            ? ((int)(persistence.Interval ?? TimeSpan.FromSeconds(60)).TotalSeconds, persistence.KeysChangedThreshold)
            : null;
        var spec = new RedisSpec(_data.Value.Path, context.Port, resource.PasswordParameter?.Value, save, _data.Value.Durable);
        return RedisServer.PlanAsync(spec, context.Inherited, cancellationToken);
    }

    private Task AskAsync(int? port, CancellationToken cancellationToken) => resource.Given is { } given
        ? RedisServer.PingAsync(given.Host, given.Port, given.Password, cancellationToken, given.Tls)
        : RedisServer.PingAsync("localhost", port!.Value, resource.PasswordParameter?.Value, cancellationToken);
}
