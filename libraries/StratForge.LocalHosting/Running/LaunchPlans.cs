using Microsoft.Extensions.Logging;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Running;

/// <summary>Says for each kind of resource how its process is started.</summary>
internal sealed class LaunchPlans(
    EnvironmentComposer composer, DataRoot data, ResourceLoggerService logs, IReport report, Func<TelemetryTarget?> telemetry, ILogger logger)
{
    // The host that runs this very runtime: three folders above it.
    private static readonly string s_dotnet = Path.GetFullPath(
        Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <returns>Null when there is nothing to start: somebody else runs it.</returns>
    public async Task<LaunchPlan?> OfAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var resource = instance.Resource;
        foreach (var prerequisite in resource.AnnotationsOf<PrerequisiteAnnotation>())
        {
            await prerequisite.Ensure(report.Say, line => logs.Write(resource.Name, line, isError: false), cancellationToken);
        }

        return resource switch
        {
            ProjectResource project => await ProjectAsync(project, instance, cancellationToken),
            ExecutableResource executable => await ExecutableAsync(executable, instance, cancellationToken),
            ContainerResource container => await ContainerAsync(container, instance, cancellationToken),
            _ => throw new DistributedApplicationException($"'{resource.Name}' is of a kind that has no process."),
        };
    }

    private async Task<LaunchPlan> ProjectAsync(ProjectResource project, ResourceInstance instance, CancellationToken cancellationToken)
    {
        var metadata = project.Annotations.OfType<IProjectMetadata>().Last();
        var target = metadata.TargetPath ?? await TargetPathAsync(metadata.ProjectPath, cancellationToken);
        if (!File.Exists(target))
        {
            throw new DistributedApplicationException($"{target} is not there: {Path.GetFileName(metadata.ProjectPath)} has not been built.");
        }

        var environment = await composer.ComposeAsync(project, instance.Ports, telemetry(), logger, cancellationToken);
        var arguments = await composer.ArgumentsAsync(project, instance.Ports, cancellationToken);
        return new LaunchPlan(s_dotnet, [target, .. arguments], Path.GetDirectoryName(metadata.ProjectPath)!, environment);
    }

    private async Task<LaunchPlan> ExecutableAsync(ExecutableResource executable, ResourceInstance instance, CancellationToken cancellationToken)
    {
        var environment = await composer.ComposeAsync(executable, instance.Ports, telemetry(), logger, cancellationToken);
        var arguments = await composer.ArgumentsAsync(executable, instance.Ports, cancellationToken);
        var command = executable.Command.Contains('/') ? Path.GetFullPath(executable.Command, executable.WorkingDirectory) : executable.Command;
        return new LaunchPlan(command, arguments, executable.WorkingDirectory, environment);
    }

    private async Task<LaunchPlan?> ContainerAsync(ContainerResource container, ResourceInstance instance, CancellationToken cancellationToken)
    {
        if (!container.TryGetLastAnnotation<NativeServerAnnotation>(out var native))
        {
            return await InContainerAsync(container, instance, cancellationToken) ?? throw new DistributedApplicationException(
                $"'{container.Name}' is a container, and there is no Docker or Podman here to run it.");
        }

        var server = native.Server;
        if (server.IsGiven)
        {
            return null;
        }

        void Write(string line) => logs.Write(container.Name, line, isError: false);
        var context = new ServerContext(data, instance.Ports.Values.Single(), composer.Inherited(), report.Say, Write);
        if (await server.PlanAsync(context, cancellationToken) is { } plan)
        {
            return plan;
        }

        if (await InContainerAsync(container, instance, cancellationToken) is { } inContainer)
        {
            report.Say($"{container.Name} runs in a container: there is no native server here.");
            return inContainer;
        }

        if (await AptInstaller.IsPossibleAsync(cancellationToken))
        {
            await (server is NativePostgres
                ? NativePostgres.InstallAsync(report.Say, Write, cancellationToken)
                : RedisServer.InstallAsync(report.Say, Write, cancellationToken));
            if (await server.PlanAsync(context, cancellationToken) is { } installed)
            {
                return installed;
            }
        }

        throw new MissingServerException(
            $"{container.Name} needs a server that is not installed here, and there is neither Docker nor the right to install it. Run: {server.InstallHint}");
    }

    private async Task<LaunchPlan?> InContainerAsync(ContainerResource container, ResourceInstance instance, CancellationToken cancellationToken)
    {
        if (await Containers.FindClientAsync(cancellationToken) is not { } client)
        {
            return null;
        }

        var inherited = composer.Inherited();
        var all = await composer.ComposeAsync(container, instance.Ports, telemetry(), logger, cancellationToken);
        var own = all.Where(variable => !inherited.TryGetValue(variable.Key, out var value) || value != variable.Value)
            .ToDictionary(StringComparer.Ordinal);
        var arguments = await composer.ArgumentsAsync(container, instance.Ports, cancellationToken);
        return Containers.Plan(client, container, instance.Ports, own, arguments, inherited, data);
    }

    private static async Task<string> TargetPathAsync(string projectPath, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await Command.RunAsync(s_dotnet, ["msbuild", projectPath, "-getProperty:TargetPath"], cancellationToken);
        return exitCode == 0 ? output.Trim() : throw new DistributedApplicationException($"{projectPath} can't be read:\n{output.Trim()}");
    }
}

/// <summary>A server the application can't do without can't be had on this machine.</summary>
internal sealed class MissingServerException(string message) : DistributedApplicationException(message);
