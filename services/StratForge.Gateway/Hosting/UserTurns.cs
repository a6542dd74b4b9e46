using Npgsql;

namespace StratForge.Gateway.Hosting;

/// <summary>What one user may only have so many of is counted and added in turns, so that requests at the same moment count each other.</summary>
internal static class UserTurns
{
    /// <summary>Does something in a transaction that no other turn of the same user overlaps.</summary>
    /// <param name="database">Where.</param>
    /// <param name="userId">Whose turn it is.</param>
    /// <param name="work">Counts and adds, on the connection it is given.</param>
    /// <param name="cancellationToken">Ends the wait and the work.</param>
    public static async Task<T> InTurnAsync<T>(
        this NpgsqlDataSource database, Guid userId, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // A statement of its own: one that counts as well would see what was there before it waited. Rows that only refer to the user don't wait for it.
        await using (var turn = connection.Command("select from users where id = $1 for no key update", userId))
        {
            await turn.ExecuteNonQueryAsync(cancellationToken);
        }

        var done = await work(connection);
        await transaction.CommitAsync(cancellationToken);
        return done;
    }
}
