using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Testing;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Tests.Signals;

public sealed class GatewayDoorTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource<ExecuteSignal> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _gateway = null!;
    private GatewayDoor _door = null!;
    private HttpStatusCode _status = HttpStatusCode.OK;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _gateway = builder.Build();
        _gateway.MapPost("/internal/execute/batch", TakeAsync);
        await _gateway.StartAsync();
        _door = new GatewayDoor(new Uri(_gateway.Urls.First()), Platform.Key, _clock);
    }

    public async Task DisposeAsync()
    {
        _answers.TrySetResult();
        _door.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_that_never_answers_is_given_up_after_a_while()
    {
        var sending = _door.ExecuteAsync([Signal()], CancellationToken.None);
        await _asked.Task.WaitAsync(Patience);

        _clock.Advance(TimeSpan.FromSeconds(14));
        var before = sending.IsCompleted;
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(before);
        var unavailable = await Assert.ThrowsAsync<GatewayUnavailableException>(() => sending.WaitAsync(Patience));
        Assert.Equal("the gateway did not answer within 15 s", unavailable.Message);
        Assert.False(unavailable.HasFailed);
    }

    [Fact]
    public async Task Whoever_goes_down_does_not_take_that_for_an_absent_gateway()
    {
        using var givingUp = new CancellationTokenSource();
        var sending = _door.ExecuteAsync([Signal()], givingUp.Token);
        await _asked.Task.WaitAsync(Patience);

        await givingUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Patience));
    }

    [Fact]
    public async Task Letters_beyond_ascii_are_sent_as_they_were_measured()
    {
        const string Text = """{"why":"über 700 Kerzen 市"}""";
        _answers.SetResult();

        await _door.ExecuteAsync([Signal() with { Metadata = JsonElement.Parse(Text) }], CancellationToken.None);

        Assert.Equal(Text, (await _asked.Task).Metadata!.Value.GetRawText());
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false)]
    public async Task A_gateway_that_failed_is_told_from_one_that_is_not_there(HttpStatusCode status, bool hasFailed)
    {
        _status = status;
        _answers.SetResult();

        var unavailable = await Assert.ThrowsAsync<GatewayUnavailableException>(() => _door.ExecuteAsync([Signal()], CancellationToken.None));

        Assert.Equal(hasFailed, unavailable.HasFailed);
    }

    private async Task TakeAsync(HttpContext context)
    {
        var signals = (await JsonSerializer.DeserializeAsync(context.Request.Body, ContractsJson.Default.ExecuteSignalArray))!;
        _asked.TrySetResult(signals[0]);
        await _answers.Task.WaitAsync(context.RequestAborted);
        context.Response.StatusCode = (int)_status;
        await context.Response.WriteAsJsonAsync(
            signals.Select(signal => new ExecuteOutcome(signal.SignalId, ExecuteOutcome.Accepted)).ToArray(), ContractsJson.Default.ExecuteOutcomeArray);
    }

    private static ExecuteSignal Signal() => new(
        Platform.NewId(), Platform.NewId(), Platform.NewId(), "SPY", Side.Buy, 1, 1, 1, SessionEventKind.Bar, 1, 0, Platform.Opening);
}
