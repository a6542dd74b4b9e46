using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>A statement as a file: one line per balance, then one per reason.</summary>
internal static class StatementFile
{
    public static CsvFile<StatementLine> Of(AccountStatement statement) => new("statement", Columns, Lines(statement).ToAsyncEnumerable());

    private static IEnumerable<StatementLine> Lines(AccountStatement statement) =>
        statement.Balances.Select(balance => new StatementLine("balance", balance.Kind, balance.Asset, Opening: balance.Opening, Closing: balance.Closing))
            .Concat(statement.Totals.Select(total => new StatementLine(
                "total", total.Reason, total.Asset, Entries: total.Entries, Received: total.Received, Given: total.Given, Moved: total.Moved)));

    private static (string Heading, Func<StatementLine, object?> Value)[] Columns =>
    [
        ("line", line => line.Line),
        ("name", line => line.Name),
        ("asset", line => line.Asset),
        ("opening", line => line.Opening),
        ("closing", line => line.Closing),
        ("entries", line => line.Entries),
        ("received", line => line.Received),
        ("given", line => line.Given),
        ("moved", line => line.Moved),
    ];
}

/// <summary>One line of the file.</summary>
internal sealed record StatementLine(
    string Line,
    string Name,
    string Asset,
    decimal? Opening = null,
    decimal? Closing = null,
    int? Entries = null,
    decimal? Received = null,
    decimal? Given = null,
    decimal? Moved = null);
