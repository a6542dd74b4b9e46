using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Tests;

public sealed class PortTests
{
    [Fact]
    public void A_free_port_is_free_and_not_given_twice()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => PortAllocator.Free()).ToArray();

        Assert.Equal(50, ports.Distinct().Count());
        Assert.All(ports, port => Assert.True(PortAllocator.IsFree(port)));
    }

    [Fact]
    public void A_port_promised_to_users_that_is_taken_stops_the_start()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var service = DistributedApplicationTestingBuilder.Create().AddExecutable("door", "true", ".").WithHttpEndpoint(port).WithExternalHttpEndpoints();

        var refusal = Assert.Throws<DistributedApplicationException>(() => EndpointAllocation.Of(service.Resource, randomize: false, [], _ => { }));

        Assert.Contains($"Port {port}, which door listens on, is taken", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_promised_to_users_that_a_run_still_has_which_is_ending_is_waited_for()
    {
        using var earlier = new TcpListener(IPAddress.Loopback, 0);
        earlier.Start();
        var port = ((IPEndPoint)earlier.LocalEndpoint).Port;
        using var watchdog = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watchdog.ScriptOf("999999999-a")]) { RedirectStandardInput = true, UseShellExecute = false })!;
        var report = new HeardReport();
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.Services.AddSingleton(new EngineOptions { Isolated = false, Dashboard = false });
        builder.Services.AddSingleton<IReport>(report);
        var door = builder.AddExecutable("door", "sleep", ".", "600").WithHttpEndpoint(port).WithExternalHttpEndpoints();
        await using var app = await builder.BuildAsync();

        var start = app.StartAsync(Patience.Token());
        await Patience.UntilAsync(() => start.IsCompleted || report.Said.Contains($"Port {port} is taken; waiting for an earlier run that is still ending."), "it waits");
        Assert.False(start.IsCompleted);
        earlier.Stop();
        watchdog.StandardInput.Close();
        await start;

        Assert.Equal(port, door.GetEndpoint("http").Port);
    }

    [Fact]
    public void A_port_between_services_that_is_taken_is_replaced_and_said()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var service = DistributedApplicationTestingBuilder.Create().AddExecutable("inner", "true", ".").WithHttpEndpoint(port);
        var said = new List<string>();

        EndpointAllocation.Of(service.Resource, randomize: false, [], said.Add);

        Assert.NotEqual(port, service.GetEndpoint("http").Port);
        Assert.Contains($"{port} is taken", Assert.Single(said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void A_process_listens_on_the_port_others_use_itself_where_nothing_is_to_stand_between(bool isProxied, int proxies)
    {
        var (port, target) = (PortAllocator.Free(), PortAllocator.Free());
        var service = DistributedApplicationTestingBuilder.Create().AddExecutable("inner", "true", ".")
            .WithHttpEndpoint(port, target, env: "PORT", isProxied: isProxied);

        var allocation = EndpointAllocation.Of(service.Resource, randomize: false, [], _ => { });

        Assert.Equal((port, isProxied ? target : port), (service.GetEndpoint("http").Port, Assert.Single(Assert.Single(allocation.Instances)).Value));
        Assert.Equal(proxies, allocation.Proxies.Count);
    }

    [Theory]
    [InlineData("0.0.0.0", "localhost")]
    [InlineData("[::]", "localhost")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    public void Who_listens_on_all_addresses_is_reached_on_this_machines_own(string listensOn, string host)
    {
        var service = DistributedApplicationTestingBuilder.Create().AddExecutable("door", "true", ".").WithHttpEndpoint()
            .WithEndpoint("http", endpoint => endpoint.TargetHost = listensOn);

        EndpointAllocation.Of(service.Resource, randomize: false, [], _ => { });

        Assert.Equal(host, service.GetEndpoint("http").Host);
    }

    [Fact]
    public async Task Connections_go_round_and_pass_by_a_target_that_is_down()
    {
        using var one = Server();
        using var two = Server();
        var down = PortAllocator.Free();
        var port = PortAllocator.Free();
        await using var proxy = new TcpRoundRobin(port, [Port(one), down, Port(two)]);

        var first = AcceptAsync(one);
        var second = AcceptAsync(two);
        using var a = new TcpClient();
        await a.ConnectAsync(IPAddress.Loopback, port);
        using var b = new TcpClient();
        await b.ConnectAsync(IPAddress.Loopback, port);
        await a.GetStream().WriteAsync("x"u8.ToArray());
        await b.GetStream().WriteAsync("x"u8.ToArray());

        Assert.Equal((1, 1), (await first, await second));

        static TcpListener Server()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return listener;
        }

        static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

        static async Task<int> AcceptAsync(TcpListener listener)
        {
            using var client = await listener.AcceptTcpClientAsync(Patience.Token());
            return await client.GetStream().ReadAsync(new byte[1], Patience.Token());
        }
    }
}
