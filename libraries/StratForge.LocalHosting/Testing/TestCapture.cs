using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Testing;

/// <summary>A test that runs an AppHost's entry point and takes its builder and application from it.</summary>
internal sealed class TestCapture(
    Assembly entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? configure)
{
    private static readonly AsyncLocal<TestCapture?> s_current = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DistributedApplicationBuilder? _created;

    /// <summary>The test on whose behalf this code runs; null in a program of its own.</summary>
    public static TestCapture? Current => s_current.Value;

    public Assembly EntryPoint => entryPoint;

    /// <summary>Runs the entry point on a thread of its own until it builds.</summary>
    public Task<DistributedApplicationBuilder> RunUntilBuildAsync()
    {
        var main = entryPoint.EntryPoint ?? throw new InvalidOperationException($"{entryPoint.GetName().Name} is no program.");
        var thread = new Thread(() =>
        {
            s_current.Value = this;
            try
            {
                main.Invoke(null, main.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
                Fail(new InvalidOperationException($"{entryPoint.GetName().Name} ended without building an application."));
            }
            catch (TargetInvocationException exception)
            {
                Fail(exception.InnerException ?? exception);
            }
        })
        {
            IsBackground = true,
            Name = $"{entryPoint.GetName().Name} under test",
        };
        thread.Start();
        return _builder.Task;
    }

    public Task<DistributedApplication> BuildAsync()
    {
        _mayBuild.TrySetResult();
        return _application.Task;
    }

    public void Abandon() => _mayBuild.TrySetException(new OperationCanceledException("The test does not build this application."));

    public IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        options.Args = [.. options.Args ?? [], .. args];
        return _created = new DistributedApplicationBuilder(options, this);
    }

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, string appHostDirectory)
    {
        options.DisableDashboard = true;

        // What "dotnet run" would put into the environment goes into configuration: several applications may live in this process.
        if (LaunchProfile.First(appHostDirectory) is { } profile)
        {
            // DOTNET_ENVIRONMENT and ASPNETCORE_ENVIRONMENT both give ENVIRONMENT; the first in the profile speaks.
            settings.Configuration!.AddInMemoryCollection(profile.EnvironmentVariables
                .SelectMany(variable => Keys(variable.Key).Select(key => new KeyValuePair<string, string?>(key, variable.Value)))
                .DistinctBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase));
            settings.EnvironmentName ??= profile.EnvironmentVariables.GetValueOrDefault("DOTNET_ENVIRONMENT")
                ?? profile.EnvironmentVariables.GetValueOrDefault("ASPNETCORE_ENVIRONMENT");
        }

        configure?.Invoke(options, settings);

        static IEnumerable<string> Keys(string variable)
        {
            var key = variable.Replace("__", ":", StringComparison.Ordinal);
            yield return key;
            foreach (var prefix in new[] { "DOTNET_", "ASPNETCORE_" })
            {
                if (key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    yield return key[prefix.Length..];
                }
            }
        }
    }

    /// <summary>Holds the entry point until the test has said its part.</summary>
    public void OnBuilding(DistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    public void OnBuilt(DistributedApplication application) => _application.TrySetResult(application);

    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
        _ = (_builder.Task.Exception, _application.Task.Exception);
        if (!_application.Task.IsCompletedSuccessfully)
        {
            _created?.DataRoot.Dispose();
        }
    }
}
