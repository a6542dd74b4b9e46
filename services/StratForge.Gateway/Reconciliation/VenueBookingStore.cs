using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Which of the venue's own entries are booked, and who caused or held what they are about.</summary>
internal sealed class VenueBookingStore(NpgsqlDataSource database)
{
    // A user who has begun anew since left what he did before to the house. The venue's days are New York's.
    private const string TradesWithOwners = """
        trades t
        left join lateral (
            select market_at from account_resets where user_id = t.user_id order by at desc limit 1) as reset on true
        cross join lateral (
            select case when reset.market_at is null or t.executed_at >= reset.market_at then t.user_id end as owner) as o
        """;

    private const string OnDay = "(t.executed_at at time zone 'America/New_York')::date = $1";

    /// <summary>From which day on entries have to be read; null before the first look.</summary>
    public async Task<DateOnly?> ReadNewestAsync(CancellationToken cancellationToken)
    {
        var newest = await database.Command(
                "select greatest(since.date, (select max(date) from venue_bookings where outcome = 'booked')) from venue_bookings_since as since")
            .ListAsync(rows => rows.GetFieldValue<DateOnly>(0), cancellationToken);
        return newest.Count > 0 ? newest[0] : null;
    }

    /// <summary>Begins to look: what is there now is part of what the account was taken over with.</summary>
    public async Task BeginAsync(DateOnly date, IReadOnlyList<VenueBooking> before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("insert into venue_bookings_since (date) values ($1) on conflict do nothing", date);
        batch.Add("""
            insert into venue_bookings (id, type, date, symbol, quantity, net_amount, description, outcome, booked_at)
            select i.*, 'before', $8
            from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::numeric[], $6::numeric[], $7::text[]) as i
            on conflict do nothing
            """,
            before.Select(booking => booking.Id).ToArray(), before.Select(booking => booking.Type).ToArray(), before.Select(booking => booking.Date).ToArray(),
            before.Select(booking => booking.Symbol).ToArray(), before.Select(booking => booking.Quantity).ToArray(),
            before.Select(booking => booking.NetAmount).ToArray(), before.Select(booking => booking.Description).ToArray(), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Those of some ids that are booked.</summary>
    public async Task<HashSet<string>> ListKnownAsync(string[] ids, CancellationToken cancellationToken) =>
        [.. await database.Command("select id from venue_bookings where id = any ($1)", [ids]).ListAsync(rows => rows.GetString(0), cancellationToken)];

    /// <summary>Whether fees of a symbol and a day were corrected before.</summary>
    public async Task<bool> WasCorrectedAsync(VenueBooking booking, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select exists (select from venue_bookings where date = $1 and type = $2 and symbol = $3 and outcome = 'booked')",
            booking.Date, booking.Type, booking.Symbol);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Fees that fills of a pair have paid on a day, by position, oldest first.</summary>
    public Task<List<ChargeBasis>> ListCoinFeesAsync(VenueBooking booking, CancellationToken cancellationToken) => database.Command($"""
        select o.owner, case when o.owner is not null then t.session_id end, sum(t.fee)
        from {TradesWithOwners}
        where {OnDay} and t.symbol = $2 and t.action = $3 and t.broker_order_id is not null
        group by 1, 2
        order by min(t.executed_at), min(t.order_id::text)
        """, booking.Date, booking.Symbol, booking.Kind == VenueBookingKind.CoinFee ? "BUY" : "SELL").ListAsync(rows => Read(rows, booking.Symbol!), cancellationToken);

    /// <summary>What was sold of stocks at the venue on a day, by position, oldest first.</summary>
    /// <param name="booking">Of one symbol, or of none: then of all.</param>
    /// <param name="byUnits">Weighed by units; otherwise by what it brought.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<List<ChargeBasis>> ListSalesAsync(VenueBooking booking, bool byUnits, CancellationToken cancellationToken) => database.Command($"""
        select o.owner, case when o.owner is not null then t.session_id end, sum(case when $3 then t.quantity else t.cash_amount end), t.symbol
        from {TradesWithOwners}
        where {OnDay} and t.action = 'SELL' and position('/' in t.symbol) = 0 and ($2::text is null or t.symbol = $2) and t.broker_order_id is not null
        group by 1, 2, t.symbol
        order by min(t.executed_at), min(t.order_id::text)
        """, booking.Date, booking.Symbol, byUnits).ListAsync(rows => Read(rows, rows.GetString(3)), cancellationToken);

    /// <summary>What users held or owed of a symbol when a day began in New York.</summary>
    public Task<List<ChargeBasis>> ListHoldersAsync(VenueBooking booking, CancellationToken cancellationToken) => database.Command("""
        select t.user_id, null::uuid, sum(case t.action when 'BUY' then t.quantity else -t.quantity end)
        from trades t
        cross join lateral (select ($1::date)::timestamp at time zone 'America/New_York' as at) as record
        left join lateral (
            select market_at from account_resets where user_id = t.user_id and market_at < record.at order by at desc limit 1) as reset on true
        where t.symbol = $2 and t.executed_at < record.at and (reset.market_at is null or t.executed_at >= reset.market_at)
        group by t.user_id
        having sum(case t.action when 'BUY' then t.quantity else -t.quantity end) <> 0
        order by t.user_id
        """, booking.Date, booking.Symbol).ListAsync(rows => Read(rows, booking.Symbol!), cancellationToken);

    private static ChargeBasis Read(NpgsqlDataReader rows, string symbol) =>
        new(rows.Maybe<Guid>(0), rows.Maybe<Guid>(1), symbol, rows.GetDecimal(2));
}
