using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using StackExchange.Redis;

namespace StratForge.Ingestor.Tests.Hosting;

/// <summary>The stores of a service by the URLs that hosts hand out.</summary>
public sealed class ConnectionUrlTests
{
    [Fact]
    public void A_database_url_says_how_the_server_is_to_prove_itself()
    {
        var stores = Postgres("postgres://me:s%40fe@db.example.org/books?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&application_name=mine&options=-c%20search_path%3Da");

        Assert.Equal(("db.example.org", 5432, "books", "me"), (stores.Host, stores.Port, stores.Database, stores.Username));
        Assert.Equal((SslMode.VerifyFull, "/etc/ca.pem", "mine", "-c search_path=a"), (
            stores.SslMode, stores.RootCertificate, stores.ApplicationName, stores.Options));
    }

    [Theory]
    [InlineData("sslmode=sometimes", "sslmode")]
    [InlineData("sslkey=/etc/key.pem", "sslkey")]
    [InlineData("sslmode", "sslmode")]
    public void What_a_database_url_asks_for_and_nobody_understands_is_refused_by_name(string query, string named)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Postgres($"postgres://me:secret@db.example.org/books?{query}"));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_redis_password_holds_whatever_it_likes()
    {
        var options = Redis("rediss://default:a%2Cb%3Dc@127.0.0.1:9/3");

        Assert.Equal(("a,b=c", true, 3), (options.Password, options.Ssl, options.DefaultDatabase));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9), Assert.Single(options.EndPoints));
    }

    [Theory]
    [InlineData("redis://me:secret@127.0.0.1:9", "me")]
    [InlineData("redis://127.0.0.1:9/first", "first")]
    public void What_a_redis_url_asks_for_and_nobody_understands_is_refused_by_name(string url, string named)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Redis(url));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static ConfigurationOptions Redis(string url)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("REDIS_URL", url)]);
        ConfigurationOptions? options = null;
        builder.AddRedisClient("redis", configured => options = configured);
        using var host = builder.Build();
        host.Services.GetRequiredService<IConnectionMultiplexer>();
        return options!;
    }

    private static NpgsqlConnectionStringBuilder Postgres(string url)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", url)]);
        builder.AddNpgsqlDataSource("stratforge");
        using var host = builder.Build();
        return new NpgsqlConnectionStringBuilder(host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString);
    }
}
