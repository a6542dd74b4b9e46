using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;

namespace StratForge.Gateway.Tests.Hosting;

/// <summary>What callers are told when a store or the one that keeps the books is away.</summary>
public sealed class FailureAnswersTests : IAsyncLifetime
{
    private readonly WebApplication _app;

    public FailureAnswersTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddApiJson();
        _app = builder.Build();
        _app.UseFailureAnswers();
        _app.Map("/store", Throw(new NpgsqlException("away", new IOException())));
        _app.MapPost("/keyed", Throw(new NpgsqlException("away", new IOException()))).WithIdempotencyKey();
        _app.MapPost("/books", Throw(new NotLeadingException()));
    }

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("POST", "/store", "outcome-unknown")]
    [InlineData("PATCH", "/store", "outcome-unknown")]
    [InlineData("GET", "/store", "temporarily-unavailable")]
    [InlineData("DELETE", "/store", "temporarily-unavailable")]
    [InlineData("POST", "/keyed", "temporarily-unavailable")]
    public async Task Only_what_can_be_repeated_is_said_to_be(string method, string path, string code)
    {
        using var answer = await AskAsync(method, path);

        Assert.Equal(code, (await Client.ProblemOf(answer, HttpStatusCode.ServiceUnavailable)).GetProperty("code").GetString());
        Assert.False(answer.Headers.Contains(LeaderForwarding.NotLeading));
    }

    [Fact]
    public async Task A_gateway_that_does_not_keep_the_books_says_so_in_a_header()
    {
        using var answer = await AskAsync("POST", "/books");

        Assert.Equal("books-unavailable", (await Client.ProblemOf(answer, HttpStatusCode.ServiceUnavailable)).GetProperty("code").GetString());
        Assert.True(answer.Headers.Contains(LeaderForwarding.NotLeading));
    }

    private static RequestDelegate Throw(Exception exception) => _ => throw exception;

    private Task<HttpResponseMessage> AskAsync(string method, string path) =>
        new Client(new Uri(_app.Urls.Single())).SendAsync(new HttpMethod(method), path, null, ("Idempotency-Key", "a key"));
}
