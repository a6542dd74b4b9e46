using System.Buffers.Binary;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Tests.Replays;

/// <summary>Has sessions replayed by the workers that run.</summary>
internal sealed class Replaying(Platform platform)
{
    private const int BytesPerBar = 56;
    private const int Close = 32;

    /// <summary>Records what the gateway was sent, as it does.</summary>
    public async Task RecordAsync(Guid session)
    {
        foreach (var signal in platform.SignalsOf(session).DistinctBy(signal => signal.SignalId))
        {
            await platform.Database.ExecuteAsync("""
                insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, order_type, limit_price,
                                     event_kind, event_seq, ordinal, generated_at, received_at, status, metadata)
                select $1, s.id, s.user_id, s.strategy_id, $12, $3, $4, $5, $6, $7, $8, $9, $10, $11, now(), 'ACCEPTED', $13::jsonb
                from sessions s
                where s.id = $2
                """, signal.SignalId, session, ActionOf(signal), signal.Quantity, signal.Confidence, signal.OrderType ?? "market", signal.LimitPrice,
                (short)signal.EventKind, signal.EventSeq, signal.Ordinal, signal.GeneratedAt, signal.Symbol,
                signal.Metadata?.GetRawText());
        }
    }

    /// <summary>Turns over one bit of the close of a bar on tape.</summary>
    public async Task<(double Before, double After)> FlipAsync(Guid session, long seq)
    {
        var first = await platform.Database.ValueAsync<long>(
            "select max(first_seq) from session_tape_bars where session_id = $1 and first_seq <= $2", session, seq);
        var bars = (await platform.Database.ValueAsync<byte[]>(
            "select bars from session_tape_bars where session_id = $1 and first_seq = $2", session, first))!;
        var close = bars.AsSpan((int)(((seq - first) * BytesPerBar) + Close));
        var before = BinaryPrimitives.ReadDoubleLittleEndian(close);
        close[0] ^= 1;
        var after = BinaryPrimitives.ReadDoubleLittleEndian(close);
        await platform.Database.ExecuteAsync(
            "update session_tape_bars set bars = $3 where session_id = $1 and first_seq = $2", session, first, bars);
        return (before, after);
    }

    /// <summary>What a replay finds first.</summary>
    public async Task<ReplayDifference> DiffersAsync(Guid session, string place, string field)
    {
        var replay = await ReplayAsync(session);
        Assert.False(replay.Identical);
        Assert.Equal((place, field), (replay.FirstDifference!.Event, replay.FirstDifference.Field));
        Assert.NotEqual(replay.FirstDifference.Expected, replay.FirstDifference.Got);
        return replay.FirstDifference;
    }

    public async Task<ReplayResult> ReplayAsync(Guid session)
    {
        var job = await AskAsync(session);
        await EndsAsync(job, "COMPLETED");
        return JsonSerializer.Deserialize(
            (await platform.Database.ValueAsync<string>("select result::text from worker_jobs where id = $1", job))!, ContractsJson.Default.ReplayResult)!;
    }

    public async Task<Guid> AskAsync(Guid session)
    {
        var job = Platform.NewId();
        await platform.Database.ExecuteAsync("""
            insert into worker_jobs (id, user_id, kind, subject_id, created_at) select $1, user_id, 'replay', id, now() from sessions where id = $2
            """, job, session);
        return job;
    }

    public Task EndsAsync(Guid job, string status) => Platform.EventuallyAsync(
        () => platform.Database.ValueAsync<bool>("select status = $2 from worker_jobs where id = $1", job, status),
        async () => $"the replay is not {status}: " + await platform.Database.ValueAsync<string>("select to_jsonb(j)::text from worker_jobs j where id = $1", job));

    private static string ActionOf(ExecuteSignal signal) => signal.Action == Side.Buy ? "BUY" : "SELL";
}
