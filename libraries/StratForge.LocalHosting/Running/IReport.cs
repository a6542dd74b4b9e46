using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Running;

/// <summary>What the person at the terminal sees.</summary>
internal interface IReport
{
    void Say(string sentence);

    void Warn(string sentence);

    void Fail(string title, string? detail, IReadOnlyList<LogLine> lastLines);

    void Line(string resource, string line, bool isError);

    void Table(string title, IReadOnlyList<ReportRow> rows, IReadOnlyList<string> hints);
}

internal sealed record ReportRow(string Resource, string State, string Style, string Address);
