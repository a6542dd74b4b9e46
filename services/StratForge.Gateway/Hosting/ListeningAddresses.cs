namespace StratForge.Gateway.Hosting;

/// <summary>Where the gateway listens: the public addresses, and one port on which other services reach <c>/internal</c>.</summary>
internal static class ListeningAddresses
{
    private const string Default = "http://localhost:3000";

    /// <summary>Adds the internal port to the addresses that hosting, <c>GATEWAY_PORT</c> or <c>PORT</c> name.</summary>
    public static void ListenOnConfiguredAddresses(this WebApplication app)
    {
        var addresses = Public(app.Configuration);
        foreach (var address in addresses)
        {
            app.Urls.Add(address);
        }

        if (InternalPort(app.Configuration) is { } port && !addresses.Any(address => BindingAddress.Parse(address).Port == port))
        {
            // Beside a public address that others can reach, a worker on another machine has to reach this one too.
            var host = addresses.All(IsLoopback) ? "localhost" : "*";
            app.Urls.Add($"http://{host}:{port}");
        }
    }

    /// <summary>The port of <c>/internal</c>; null when none is configured, and then <c>/internal</c> is nowhere.</summary>
    /// <exception cref="InvalidOperationException">The configured value is not a port.</exception>
    public static int? InternalPort(IConfiguration configuration) =>
        configuration["INTERNAL_PORT"] switch
        {
            null or "" => null,
            var text when int.TryParse(text, out var port) && port is > 0 and <= 65535 => port,
            var text => throw new InvalidOperationException($"INTERNAL_PORT is '{text}'; give a port from 1 to 65535."),
        };

    private static string[] Public(IConfiguration configuration)
    {
        if (configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls)
        {
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        string[] ports =
        [
            .. Ports(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
            .. Ports(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
        ];
        return ports.Length > 0 ? ports
            : (configuration["GATEWAY_PORT"] ?? configuration["PORT"]) is { Length: > 0 } port ? [$"http://*:{port}"]
            : [Default];
    }

    private static string[] Ports(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static bool IsLoopback(string address) =>
        BindingAddress.Parse(address).Host is "localhost" or "127.0.0.1" or "[::1]";
}
