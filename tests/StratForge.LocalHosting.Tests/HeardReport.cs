using System.Collections.Concurrent;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Tests;

/// <summary>Keeps what the person at the terminal would be told.</summary>
internal sealed class HeardReport : IReport
{
    private readonly ConcurrentQueue<string> _said = new();
    private readonly ConcurrentQueue<string> _warnings = new();

    public IReadOnlyList<string> Said => [.. _said];

    public IReadOnlyList<string> Warnings => [.. _warnings];

    public void Say(string sentence) => _said.Enqueue(sentence);

    public void Warn(string sentence) => _warnings.Enqueue(sentence);

    public void Fail(string title, string? detail, IReadOnlyList<LogLine> lastLines)
    {
    }

    public void Line(string resource, string line, bool isError)
    {
    }

    public void Table(string title, IReadOnlyList<ReportRow> rows, IReadOnlyList<string> hints)
    {
    }
}
