using Npgsql;
using StackExchange.Redis;

namespace StratForge.LocalHosting.Tests;

public sealed class ExpressionTests
{
    [Fact]
    public async Task An_interpolated_variable_is_an_expression_and_not_a_string()
    {
        await using var app = new ShellApp();
        var secret = app.Builder.AddParameter("secret", "a b&c");
        app.Add("reader", "echo $TOLD >> $DIARY").WithEnvironment("TOLD", $"<{secret}|{secret:uri}>");

        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync("reader", KnownResourceStates.Finished, Patience.Token());

        Assert.Equal(["<a b&c|a%20b%26c>"], app.Diary);
    }

    [Fact]
    public void Braces_of_a_literal_are_doubled_where_braces_mean_something()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var one = builder.AddParameter("one", "1");
        var expression = ReferenceExpression.Create($"{{\"x\":{one}}}");

        Assert.Equal("{{\"x\":{one.value}}}", expression.ValueExpression);
        Assert.Equal("{{\"x\":{0}}}", expression.Format);
    }

    [Fact]
    public async Task Braces_of_a_literal_are_single_in_the_value()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var one = builder.AddParameter("one", "1");

        Assert.Equal("{\"x\":1}", await ReferenceExpression.Create($"{{\"x\":{one}}}").GetValueAsync());
    }

    [Fact]
    public void An_address_is_not_read_before_there_is_one()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var service = builder.AddExecutable("service", "true", ".").WithHttpEndpoint();

        Assert.Throws<InvalidOperationException>(() => service.GetEndpoint("http").Url);
        Assert.Equal("{service.bindings.http.url}", service.GetEndpoint("http").ValueExpression);
        Assert.Equal(
            "{service.bindings.http.host}:{service.bindings.http.port}", service.GetEndpoint("http").Property(EndpointProperty.HostAndPort).ValueExpression);
    }

    [Theory]
    [InlineData("redis://:p%40ss@cache:7000/2", "cache:7000,password=p@ss,defaultDatabase=2", "cache", 7000, "p@ss", false)]
    [InlineData("redis://cache", "cache:6379", "cache", 6379, null, false)]
    [InlineData("rediss://cache", "cache:6379,ssl=true", "cache", 6379, null, true)]
    [InlineData("cache:6380,password=x,ssl=true", "cache:6380,password=x,ssl=true", "cache", 6380, "x", true)]
    public void A_redis_address_is_understood_in_both_spellings(string text, string connectionString, string host, int port, string? password, bool tls)
    {
        var given = GivenRedis.Parse(text);

        Assert.Equal((connectionString, host, port, password, tls), (given.ConnectionString, given.Host, given.Port, given.Password, given.Tls));
    }

    [Theory]
    [InlineData("password=x")]
    [InlineData("cache:abc")]
    [InlineData("cache:70000,password=x")]
    [InlineData("redis://me:x@cache")]
    [InlineData("redis://cache/first")]
    public void Another_one_is_refused_in_a_sentence(string text) =>
        Assert.StartsWith("The Redis address given", Assert.Throws<DistributedApplicationException>(() => GivenRedis.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("redis://:a%2Cb@cache", "a comma")]
    [InlineData("redis://:b%20@cache", "a blank")]
    [InlineData("redis://me:b@cache", "the user me")]
    [InlineData("redis://a%2Cb@cache", "a user")]
    [InlineData("redis://:b@cache/first", "/first")]
    [InlineData("redis://:b@cache?timeout=5&db=3", "timeout, db")]
    public void What_services_could_not_be_told_of_a_redis_address_is_refused_by_name(string text, string named)
    {
        var refusal = Assert.Throws<DistributedApplicationException>(() => GivenRedis.Parse(text));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a,b", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://default:p%40s%3Ds@cache:7000/2", "p@s=s", 2)]
    [InlineData("rediss://cache", null, null)]
    public void A_service_reads_of_a_redis_what_the_AppHost_was_given(string text, string? password, int? database)
    {
        var given = GivenRedis.Parse(text);
        var told = ConfigurationOptions.Parse(given.ConnectionString);

        Assert.Equal((password, database, given.Tls, password), (told.Password, told.DefaultDatabase, told.Ssl, given.Password));
    }

    [Fact]
    public void A_postgres_address_becomes_a_connection_string()
    {
        var text = BackingServices.PostgresAddress.Parse("postgresql://trader:p%40ss@db.example:5433/forge?sslmode=verify-full");

        Assert.Equal("Host=db.example;Port=5433;Username=trader;Password=p@ss;Database=forge;SSL Mode=VerifyFull", text);
    }

    [Fact]
    public void The_options_of_a_postgres_address_are_kept()
    {
        var text = BackingServices.PostgresAddress.Parse(
            "postgresql://me@db/books?sslmode=verify-ca&sslrootcert=%2Fetc%2Fca.pem&application_name=mine&options=-c%20search_path%3Da");
        var told = new NpgsqlConnectionStringBuilder(text);

        Assert.Equal((SslMode.VerifyCA, "/etc/ca.pem", "mine", "-c search_path=a"), (told.SslMode, told.RootCertificate, told.ApplicationName, told.Options));
    }

    [Theory]
    [InlineData("sslmode=verify_full", "sslmode=verify_full")]
    [InlineData("sslmode", "sslmode")]
    [InlineData("sslkey=secret", "sslkey")]
    [InlineData("connect_timeout=5", "connect_timeout")]
    public void Options_of_a_postgres_address_that_nobody_understands_are_refused_by_name(string query, string named)
    {
        var refusal = Assert.Throws<DistributedApplicationException>(() => BackingServices.PostgresAddress.Parse($"postgresql://me:secret@db/books?{query}"));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }
}
