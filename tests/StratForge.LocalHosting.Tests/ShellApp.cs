namespace StratForge.LocalHosting.Tests;

/// <summary>An application of small shell scripts that write down what happens to them.</summary>
internal sealed class ShellApp : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shell-app-").FullName;
    private DistributedApplication? _application;

    public IDistributedApplicationTestingBuilder Builder { get; } = DistributedApplicationTestingBuilder.Create();

    public DistributedApplication App => _application ?? throw new InvalidOperationException("Not started.");

    /// <summary>Lines the scripts appended to <c>$DIARY</c>, in order.</summary>
    public string[] Diary => File.Exists(DiaryFile) ? File.ReadAllLines(DiaryFile) : [];

    public string DiaryFile => Path.Combine(_folder, "diary");

    public IResourceBuilder<ExecutableResource> Add(string name, string script) =>
        Builder.AddExecutable(name, "sh", _folder, "-c", script).WithEnvironment("DIARY", DiaryFile).WithEnvironment("NAME", name);

    /// <summary>A script that lives until it is asked to end, and says both.</summary>
    public IResourceBuilder<ExecutableResource> AddLiving(string name) => Add(
        name, "trap 'echo end $NAME >> $DIARY; exit 0' TERM; echo begin $NAME >> $DIARY; while :; do sleep 0.05; done");

    public async Task StartAsync()
    {
        _application = await Builder.BuildAsync();
        await _application.StartAsync();
    }

    public CustomResourceSnapshot Now(string name) =>
        App.ResourceNotifications.TryGetCurrentState(name, out var current) ? current.Snapshot : throw new InvalidOperationException(name);

    public async ValueTask DisposeAsync()
    {
        await Builder.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
