using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace StratForge.Gateway.Hosting;

/// <summary>A list as a file for spreadsheets (RFC 4180), written row by row as it is read.</summary>
/// <param name="name">Name of the file, without its ending.</param>
/// <param name="columns">Heading and value of each column; values are text, decimals, ids, instants or null.</param>
/// <param name="rows">The rows.</param>
internal sealed class CsvFile<T>(
    string name, IReadOnlyList<(string Heading, Func<T, object?> Value)> columns, IAsyncEnumerable<T> rows) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition =
            new ContentDispositionHeaderValue("attachment") { FileName = $"{name}.csv" }.ToString();

        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.NewLine = "\r\n";
        await writer.WriteLineAsync(string.Join(',', columns.Select(column => column.Heading)));
        await foreach (var row in rows)
        {
            await writer.WriteLineAsync(string.Join(',', columns.Select(column => CsvFile.Cell(column.Value(row)))));
        }

        await writer.FlushAsync(httpContext.RequestAborted);
    }
}

/// <summary>What all such files have alike.</summary>
internal static class CsvFile
{
    /// <summary>Rows of one file at most; a spreadsheet takes a million.</summary>
    public const int MostRows = 1_000_000;

    /// <summary>Whether the caller wants a file: <c>?format=csv</c>, or <c>Accept: text/csv</c>.</summary>
    public static bool IsWantedBy(HttpRequest request) =>
        request.Query["format"].ToString() is { Length: > 0 } format
            ? string.Equals(format, "csv", StringComparison.OrdinalIgnoreCase)
            : request.GetTypedHeaders().Accept.FirstOrDefault() is { MediaType.Value: "text/csv" };

    /// <summary>One value as a cell.</summary>
    public static string Cell(object? value) => value switch
    {
        null => "",
        decimal number => ApiJson.Spell(number),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset instant => ApiJson.Spell(instant),
        string text => Quote(Harmless(text)),
        var other => Quote(Harmless(Convert.ToString(other, CultureInfo.InvariantCulture) ?? "")),
    };

    // A spreadsheet runs text that begins like a formula; an apostrophe makes it text again. Numbers never come this way.
    private static string Harmless(string text) =>
        text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? $"'{text}" : text;

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
