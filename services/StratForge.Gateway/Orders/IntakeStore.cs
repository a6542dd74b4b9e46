using Npgsql;
using NpgsqlTypes;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Trading.Fees;

namespace StratForge.Gateway.Orders;

/// <summary>What one intake statement committed.</summary>
/// <param name="Answers">One per order, in order.</param>
/// <param name="Effects">What has to leave this process now.</param>
internal sealed record IntakeCommit(IntakeAnswer[] Answers, CommitEffects Effects);

/// <summary>What a commit sets off: events to publish, orders to send.</summary>
/// <param name="Events">Owner and message, in order.</param>
/// <param name="BrokerOrders">Orders to send, in order.</param>
internal sealed record CommitEffects(IReadOnlyList<(Guid UserId, string Message)> Events, IReadOnlyList<BrokerOrder> BrokerOrders)
{
    /// <summary>Reads the columns <c>e_*</c> and <c>b_*</c> that intake and release answer with.</summary>
    /// <param name="rows">On the row.</param>
    /// <param name="first">Index of <c>e_user</c>.</param>
    public static CommitEffects Read(NpgsqlDataReader rows, int first)
    {
        var events = rows.IsDBNull(first)
            ? []
            : rows.GetFieldValue<Guid[]>(first).Zip(rows.GetFieldValue<string[]>(first + 1)).ToArray();
        if (rows.IsDBNull(first + 2))
        {
            return new CommitEffects(events, []);
        }

        var ids = rows.GetFieldValue<Guid[]>(first + 2);
        var symbols = rows.GetFieldValue<string[]>(first + 3);
        var sides = rows.GetFieldValue<string[]>(first + 4);
        var types = rows.GetFieldValue<string[]>(first + 5);
        var times = rows.GetFieldValue<string[]>(first + 6);
        var quantities = rows.GetFieldValue<decimal[]>(first + 7);
        var limits = rows.GetFieldValue<decimal?[]>(first + 8);
        var traces = rows.GetFieldValue<string?[]>(first + 9);
        return new CommitEffects(
            events,
            [.. ids.Select((id, i) => new BrokerOrder(id, symbols[i], sides[i], types[i], times[i], quantities[i], limits[i], traces[i]))]);
    }
}

/// <summary>Takes a group of orders in, in one statement that is its own transaction.</summary>
internal sealed class IntakeStore(NpgsqlDataSource database)
{
    private const string Accept = """
        select o_status, o_new, o_order, o_code, o_detail, o_balance,
               e_user, e_message, b_id, b_symbol, b_side, b_type, b_tif, b_quantity, b_limit, b_traceparent
        from accept_orders($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                           $25, $26, $27)
        """;

    public async Task<IntakeCommit> AcceptAsync(IReadOnlyList<NewOrder> orders, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Accept, connection);
        var size = orders.Count;

        void Add<T>(NpgsqlDbType element, Func<NewOrder, T> value)
        {
            var values = new T[size];
            for (var i = 0; i < size; i++)
            {
                values[i] = value(orders[i]);
            }

            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | element, Value = values });
        }

        Add(NpgsqlDbType.Uuid, order => order.Id);
        Add(NpgsqlDbType.Uuid, order => order.UserId);
        Add(NpgsqlDbType.Uuid, order => order.Signal?.SignalId);
        Add(NpgsqlDbType.Uuid, order => order.Signal?.SessionId);
        Add(NpgsqlDbType.Bigint, order => order.Signal?.LeaseEpoch);
        Add(NpgsqlDbType.Text, order => order.Terms.Symbol);
        Add(NpgsqlDbType.Text, order => ClassOf(order.Terms.Symbol) == AssetClass.Crypto ? "crypto" : "stock");
        Add(NpgsqlDbType.Text, order => order.Terms.Side == Side.Buy ? "buy" : "sell");
        Add(NpgsqlDbType.Text, order => order.Terms.Type);
        Add(NpgsqlDbType.Text, order => order.Terms.TimeInForce);
        Add(NpgsqlDbType.Numeric, order => order.Terms.Quantity);
        Add(NpgsqlDbType.Numeric, order => order.Terms.LimitPrice);
        Add(NpgsqlDbType.Numeric, order => order.UnitCost);
        Add(NpgsqlDbType.Numeric, order => ClassOf(order.Terms.Symbol) == AssetClass.Crypto ? 1 - CryptoFee.Rate : 1m);
        Add(NpgsqlDbType.Text, order => order.Refusal?.Code);
        Add(NpgsqlDbType.Text, order => order.Refusal?.Detail);
        Add(NpgsqlDbType.Boolean, order => order.Signal?.RecordOnly ?? false);
        Add(NpgsqlDbType.Double, order => order.Signal?.Confidence);
        Add(NpgsqlDbType.Jsonb, order => order.Signal?.Metadata is { } metadata ? metadata.GetRawText() : null);
        Add(NpgsqlDbType.Smallint, order => (short?)(byte?)order.Signal?.EventKind);
        Add(NpgsqlDbType.Bigint, order => order.Signal?.EventSeq);
        Add(NpgsqlDbType.Integer, order => order.Signal?.Ordinal);
        Add(NpgsqlDbType.TimestampTz, order => order.Signal?.GeneratedAt.ToUniversalTime());
        Add(NpgsqlDbType.TimestampTz, order => order.ReceivedAt);
        Add(NpgsqlDbType.Text, order => order.Traceparent);
        Add(NpgsqlDbType.Text, order => order.ClientOrderId);
        Add(NpgsqlDbType.Bytea, order => order.RequestHash);

        // Prepared once per physical connection; afterwards this costs a look into a dictionary.
        await command.PrepareAsync(cancellationToken);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);

        var statuses = rows.GetFieldValue<string[]>(0);
        var news = rows.GetFieldValue<bool[]>(1);
        var ids = rows.GetFieldValue<Guid?[]>(2);
        var codes = rows.GetFieldValue<string?[]>(3);
        var details = rows.GetFieldValue<string?[]>(4);
        var balances = rows.GetFieldValue<decimal?[]>(5);
        return new IntakeCommit(
            [.. statuses.Select((status, i) => new IntakeAnswer(status, news[i], ids[i], codes[i], details[i], balances[i]))],
            CommitEffects.Read(rows, 6));
    }

    private static AssetClass ClassOf(string symbol) => Symbols.ClassOf(symbol);
}
