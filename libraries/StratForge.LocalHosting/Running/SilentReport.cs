using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Running;

/// <summary>Says nothing; somebody else reads the logs.</summary>
internal sealed class SilentReport : IReport
{
    public void Say(string sentence)
    {
    }

    public void Warn(string sentence)
    {
    }

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
