using System.Text.RegularExpressions;
using Spectre.Console;
using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Running;

internal sealed partial class ConsoleReport : IReport
{
    private static readonly string[] s_colours = ["36", "35", "33", "34", "32", "96", "95", "94", "92", "93"];

    private readonly Lock _writing = new();
    private readonly Dictionary<string, string> _colourOf = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _coloured = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
    private readonly IAnsiConsole _console;
    private int _width = 8;

    public ConsoleReport()
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = _coloured ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = _coloured ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (Console.IsOutputRedirected)
        {
            // A file or pipe has no width; the table is not to be broken at 80 columns there.
            _console.Profile.Width = 160;
        }
    }

    public void Say(string sentence) => Line("apphost", sentence, isError: false);

    public void Warn(string sentence) => Line("apphost", _coloured ? $"\e[33m{sentence}\e[0m" : "warning: " + sentence, isError: false);

    public void Fail(string title, string? detail, IReadOnlyList<LogLine> lastLines) => Write(() =>
    {
        _console.Write(new Rule($"[bold red]{Markup.Escape(title)}[/]") { Style = "red", Justification = Justify.Left });
        if (detail is not null)
        {
            _console.MarkupLineInterpolated($"[red]{detail}[/]");
        }

        foreach (var line in lastLines)
        {
            Console.Out.WriteLine("  " + Escapes().Replace(line.Content, ""));
        }

        _console.Write(new Rule { Style = "red" });
    });

    public void Line(string resource, string line, bool isError) => Write(() =>
    {
        _width = Math.Max(_width, resource.Length);
        if (!_coloured)
        {
            Console.Out.WriteLine($"{resource.PadRight(_width)} | {Escapes().Replace(line, "")}");
            return;
        }

        if (!_colourOf.TryGetValue(resource, out var colour))
        {
            _colourOf[resource] = colour = s_colours[_colourOf.Count % s_colours.Length];
        }

        Console.Out.WriteLine($"\e[{colour}m{resource.PadRight(_width)}\e[0m {(isError ? "\e[31m|\e[0m" : "|")} {line}\e[0m");
    });

    public void Table(string title, IReadOnlyList<ReportRow> rows, IReadOnlyList<string> hints)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(title)) };
        table.AddColumns("resource", "state", "address");
        foreach (var row in rows)
        {
            table.AddRow(new Text(row.Resource), new Text(row.State, Style.Parse(row.Style)), new Text(row.Address));
        }

        Write(() =>
        {
            _console.WriteLine();
            _console.Write(table);
            foreach (var hint in hints)
            {
                _console.MarkupLineInterpolated($"[bold]{hint}[/]");
            }

            _console.WriteLine();
        });
    }

    private void Write(Action write)
    {
        lock (_writing)
        {
            try
            {
                write();
            }
            catch (IOException)
            {
                // The terminal was closed. Nobody reads on, and what is to be stopped must not be left running for that.
            }
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*[A-Za-z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex Escapes();
}
