using Microsoft.Extensions.Configuration;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Tests;

public sealed class ParameterTests
{
    [Fact]
    public void A_generated_secret_is_kept_in_a_file_only_its_owner_reads()
    {
        var folder = Directory.CreateTempSubdirectory("parameters-").FullName;
        try
        {
            string first, second;
            using (var root = new DataRoot(folder, ephemeral: false))
            {
                first = root.Parameters.GetOrAdd("Parameters:key", () => "made");
            }

            using (var root = new DataRoot(folder, ephemeral: false))
            {
                second = root.Parameters.GetOrAdd("Parameters:key", () => "made anew");
            }

            Assert.Equal(("made", "made"), (first, second));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "parameters.json")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_damaged_store_stops_the_start_instead_of_making_new_secrets()
    {
        var folder = Directory.CreateTempSubdirectory("parameters-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "parameters.json"), "{ \"Parameters:key\": ");
            using var root = new DataRoot(folder, ephemeral: false);

            var refusal = Assert.Throws<DistributedApplicationException>(() => root.Parameters.GetOrAdd("Parameters:key", () => "new"));
            Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Two_runs_do_not_share_one_data_folder()
    {
        var folder = Directory.CreateTempSubdirectory("parameters-").FullName;
        try
        {
            using var one = new DataRoot(folder, ephemeral: false);
            using var other = new DataRoot(folder, ephemeral: false);
            await one.AcquireAsync(Assert.Fail, Patience.Token());

            var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => other.AcquireAsync(Assert.Fail, Patience.Token()));
            Assert.Contains("--ephemeral", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Configuration_gives_the_value_also_with_underscores_for_hyphens()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.Configuration["Parameters:broker_key"] = "from the environment";

        Assert.Equal("from the environment", builder.AddParameter("broker-key").Resource.Value);
    }

    [Fact]
    public async Task A_missing_value_stops_the_start_and_names_its_key()
    {
        await using var app = new ShellApp();
        app.Builder.AddParameter("api-key", secret: true).WithDescription("from the broker's account page");

        var refusal = await Assert.ThrowsAsync<MissingParameterValueException>(app.StartAsync);
        Assert.StartsWith("The parameter 'api-key' (from the broker's account page) has no value. Set Parameters:api-key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generated_value_has_the_characters_asked_for()
    {
        var value = new GenerateParameterDefault { MinLength = 40, Special = false, Upper = false, MinNumeric = 5 }.GetDefaultValue();

        Assert.Equal(40, value.Length);
        Assert.All(value, c => Assert.True(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
        Assert.True(value.Count(char.IsAsciiDigit) >= 5);
        Assert.DoesNotContain(value, c => "ilo".Contains(c));
    }

    [Fact]
    public void A_secret_is_not_published_as_a_default() =>
        Assert.Throws<ArgumentException>(() =>
            DistributedApplicationTestingBuilder.Create().AddParameter("key", "value", publishValueAsDefault: true, secret: true));
}
