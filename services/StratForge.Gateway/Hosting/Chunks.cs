using System.Runtime.CompilerServices;
using Npgsql;

namespace StratForge.Gateway.Hosting;

/// <summary>Lists that are read as a whole, part by part: no connection is held while whoever gets the rows takes his time.</summary>
internal static class Chunks
{
    /// <summary>Rows of a part: a few hundred kilobytes of most lists, and one question in a thousand rows.</summary>
    public const int Rows = 1_000;

    /// <summary>The rows one by one, at most <paramref name="most"/>.</summary>
    /// <param name="select">Asks for so many rows behind a place, or from the beginning.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="place">Where a row stands.</param>
    /// <param name="most">The most rows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T, TPlace>(
        Func<TPlace?, int, NpgsqlCommand> select, Func<NpgsqlDataReader, T> read, Func<T, TPlace> place, int most,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPlace : struct
    {
        TPlace? behind = null;
        for (var left = most; left > 0; left -= Rows)
        {
            var take = Math.Min(left, Rows);
            List<T> rows;
            await using (var command = select(behind, take))
            {
                rows = await command.ListAsync(read, cancellationToken);
            }

            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < take)
            {
                yield break;
            }

            behind = place(rows[^1]);
        }
    }
}
