using System.Globalization;
using System.Text.Json;

namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>Two sessions of one user, one in each language, over a recorded day; and the account they must leave behind.</summary>
internal sealed class DayOfTrading
{
    private const decimal OpeningCash = 100_000m;

    private readonly Visitor _user;
    private readonly RecordedDay _day;
    private readonly string[] _sessions;

    private DayOfTrading(Visitor user, RecordedDay day, string[] sessions)
    {
        _user = user;
        _day = day;
        _sessions = sessions;
    }

    public static async Task<DayOfTrading> StartAsync(Visitor user, RecordedDay day) =>
        new(user, day,
        [
            await user.StartSessionAsync("csharp", BandStrategies.CSharp, RecordedDay.Symbol),
            await user.StartSessionAsync("python", BandStrategies.Python, RecordedDay.Symbol),
        ]);

    /// <summary>Waits until a session has traded at least so often.</summary>
    public Task WaitForTradesAsync(int count)
    {
        var seen = 0;
        return Eventually.SeeAsync<object>(
            TimeSpan.FromMinutes(2),
            async () =>
            {
                seen = (await _user.ListAsync($"/sessions/{_sessions[0]}/trades")).Count;
                return seen >= count ? this : null;
            },
            () => $"{seen} of {count} trades");
    }

    /// <summary>Waits for the day's end and compares signals, trades, positions and cash with what the bars alone say.</summary>
    public async Task CheckAsync()
    {
        var cash = OpeningCash;
        foreach (var session in _sessions)
        {
            var signals = await WaitForLastSignalAsync(session);
            var trades = await _user.ListAsync($"/sessions/{session}/trades");

            CheckSignals(signals);
            CheckTrades(signals, trades);

            cash += trades.Sum(trade => -Signed(trade) * Money(trade, "price"));
            await CheckPositionAsync(session, trades);
            await CheckReplayAsync(session, signals.Count, trades.Count);
        }

        var portfolio = await _user.GetAsync("/api/portfolio");
        Assert.Equal(cash, Money(portfolio, "cash"));
        Assert.Equal(0m, Money(portfolio, "reserved"));
        Assert.Equal(
            cash + portfolio.GetProperty("positions").EnumerateArray().Sum(position => Money(position, "marketValue")),
            Money(portfolio, "equity"));
    }

    private void CheckSignals(IReadOnlyList<JsonElement> signals)
    {
        var marks = signals.Where(signal => Text(signal, "status") == "RECORDED").Select(signal => Time(signal, "generatedAt")).Order().ToArray();
        Assert.Equal(2, marks.Length);

        var expected = BandRule.Signals(_day.Bars, first: marks[0], last: marks[1]);
        var actual = signals
            .Where(signal => Text(signal, "status") != "RECORDED")
            .Select(signal => (At: Time(signal, "generatedAt"), Action: Text(signal, "action")))
            .OrderBy(signal => signal.At);
        Assert.Equal(expected, actual);
        Assert.NotEmpty(expected);
    }

    private void CheckTrades(IReadOnlyList<JsonElement> signals, IReadOnlyList<JsonElement> trades)
    {
        Assert.Equal(trades.Count, trades.Select(trade => Text(trade, "executionId")).Distinct().Count());
        foreach (var trade in trades)
        {
            Assert.Equal(_day.PriceAt(Time(trade, "executedAt")), Money(trade, "price"));
        }

        var bySignal = trades.ToLookup(trade => Text(trade, "signalId"));
        foreach (var signal in signals.Where(signal => Text(signal, "status") != "RECORDED"))
        {
            Assert.Equal("EXECUTED", Text(signal, "status"));
            var own = bySignal[Text(signal, "id")];
            Assert.Equal(BandRule.Quantity, own.Sum(trade => Money(trade, "quantity")));
            Assert.All(own, trade => Assert.Equal(Text(signal, "action"), Text(trade, "action")));
        }

        Assert.Equal(signals.Count(signal => Text(signal, "status") == "EXECUTED"), bySignal.Count);
    }

    private async Task CheckPositionAsync(string session, IReadOnlyList<JsonElement> trades)
    {
        var held = trades.Sum(Signed);
        var positions = (await _user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray()
            .Where(position => Text(position, "sessionId") == session)
            .ToArray();

        Assert.Equal(held, positions.Sum(position => Money(position, "quantity")));
        if (held > 0)
        {
            // The rule is flat or holds one purchase, so what it holds cost what its last purchase cost.
            var lastBuy = trades.Where(trade => Text(trade, "action") == "BUY").GroupBy(trade => Text(trade, "signalId"))
                .MaxBy(parts => parts.Max(trade => Time(trade, "executedAt")))!;
            var average = lastBuy.Sum(trade => Money(trade, "quantity") * Money(trade, "price")) / BandRule.Quantity;
            Assert.Equal(average, Money(positions.Single(), "averagePrice"));
        }
    }

    // Whatever was killed meanwhile, what the session was told makes its strategy do the same again.
    private async Task CheckReplayAsync(string session, int signals, int trades)
    {
        // How far it has come is written down within a second or two.
        var asked = default(JsonElement);
        var replay = await Eventually.SeeAsync<object>(
            TimeSpan.FromMinutes(1),
            async () =>
            {
                if (asked.ValueKind == JsonValueKind.Undefined || Text(asked, "status") is not ("QUEUED" or "RUNNING"))
                {
                    asked = await _user.PostAsync($"/sessions/{session}/replay", new { });
                }

                asked = await _user.GetAsync($"/sessions/{session}/replays/{Text(asked, "id")}");
                return Text(asked, "status") != "COMPLETED" ? null
                    : asked.GetProperty("result").GetProperty("signals").GetInt32() < signals ? null
                    : asked;
            },
            () => $"a replay of {signals} signals: {asked}");
        var result = ((JsonElement)replay).GetProperty("result");
        Assert.True(result.GetProperty("identical").GetBoolean(), result.ToString());
        Assert.Equal(signals, result.GetProperty("signals").GetInt32());
        Assert.Equal(trades, result.GetProperty("fills").GetInt32());
        Assert.Equal(Text(result, "recordedRunHash"), Text(result, "runHash"));
    }

    private async Task<IReadOnlyList<JsonElement>> WaitForLastSignalAsync(string session)
    {
        string last = "nothing";
        return await Eventually.SeeAsync<IReadOnlyList<JsonElement>>(
            TimeSpan.FromMinutes(3),
            async () =>
            {
                var signals = await _user.ListAsync($"/sessions/{session}/signals");
                var state = await _user.GetAsync($"/sessions/{session}");
                last = $"session {state}, {signals.Count} signals";
                Assert.NotEqual("FAILED", Text(state, "status"));
                return signals.Count(signal => Text(signal, "status") == "RECORDED") == 2
                    && signals.All(signal => Text(signal, "status") != "ACCEPTED") ? signals : null;
            },
            () => last);
    }

    private static decimal Signed(JsonElement trade) =>
        Text(trade, "action") == "BUY" ? Money(trade, "quantity") : -Money(trade, "quantity");

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static decimal Money(JsonElement item, string name) => decimal.Parse(Text(item, name), CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(JsonElement item, string name) =>
        DateTimeOffset.Parse(Text(item, name), CultureInfo.InvariantCulture);
}
