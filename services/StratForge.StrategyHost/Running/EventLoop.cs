using System.Buffers;
using System.Text;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Strategies;
using StratForge.Strategies.Running;
using StratForge.StrategyHost.Protocol;

namespace StratForge.StrategyHost.Running;

/// <summary>Turns each event frame into calls of the strategy and one answer.</summary>
/// <remarks>Bars are read by hand straight from the frame's bytes: they are most of what a session ever sees.</remarks>
internal sealed class EventLoop(StrategyRun run, bool isCrypto)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    private readonly DoneText _answer = new();

    /// <summary>The session has ended; no further frame is expected.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Value of the leading <c>type</c>; empty when the frame does not begin with one.</summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame, Options);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.ValueTextEquals("type"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && !reader.HasValueSequence
            ? reader.ValueSpan
            : default;
    }

    /// <summary>Answers the next event of <paramref name="pipe"/>; false when there is no further one.</summary>
    /// <remarks>A method of its own, called once per event: a loop that never returns stays as it was compiled at its first turn.</remarks>
    /// <exception cref="ProtocolException">The frame is not an event.</exception>
    public bool AnswerNext(FramePipe pipe)
    {
        if (IsStopped || !pipe.TryRead(HostProtocol.MaxFrameToHost, out var frame))
        {
            return false;
        }

        pipe.Add(Handle(frame));
        if (IsStopped)
        {
            pipe.Flush();
        }

        return true;
    }

    /// <summary>Handles one event and gives the bytes of its answer, valid until the next call.</summary>
    /// <exception cref="ProtocolException">The frame is not an event.</exception>
    public ReadOnlySpan<byte> Handle(ReadOnlySpan<byte> frame)
    {
        // Not before the event: what the start handler said goes out with the first answer.
        var answer = Answer(frame);
        run.Answered();
        return answer;
    }

    private ReadOnlySpan<byte> Answer(ReadOnlySpan<byte> frame)
    {
        if (BarText.TryRead(frame, out var bar))
        {
            run.OnBar(new Bar(run.Symbol, bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume));
            return _answer.Write("bar"u8, bar.Seq, run, isCrypto);
        }

        var type = TypeOf(frame);
        if (type.SequenceEqual("bar"u8))
        {
            var seq = OneBar(frame);
            return _answer.Write("bar"u8, seq, run, isCrypto);
        }

        if (type.SequenceEqual("bars"u8))
        {
            var seq = ManyBars(frame, warm: false);
            return _answer.Write("bars"u8, seq, run, isCrypto);
        }

        if (type.SequenceEqual("warm"u8))
        {
            ManyBars(frame, warm: true);
            return _answer.Write("warm"u8, 0, run, isCrypto);
        }

        if (type.SequenceEqual("update"u8))
        {
            var seq = Update(frame);
            return _answer.Write("update"u8, seq, run, isCrypto);
        }

        if (type.SequenceEqual("trade"u8))
        {
            var seq = OneTrade(frame);
            return _answer.Write("trade"u8, seq, run, isCrypto);
        }

        if (type.SequenceEqual("quote"u8))
        {
            var seq = OneQuote(frame);
            return _answer.Write("quote"u8, seq, run, isCrypto);
        }

        if (type.SequenceEqual("outcome"u8))
        {
            var seq = Outcome(frame);
            return _answer.Write("outcome"u8, seq, run, isCrypto);
        }

        if (type.SequenceEqual("stop"u8))
        {
            Stop(frame);
            return _answer.Write("stop"u8, 0, run, isCrypto);
        }

        throw new ProtocolException($"'{Encoding.UTF8.GetString(type)}' is not an event.");
    }

    private long OneBar(ReadOnlySpan<byte> frame)
    {
        long seq = 0, at = 0;
        double open = 0, high = 0, low = 0, close = 0, volume = 0;
        var symbol = run.Symbol;
        var reader = Opened(frame);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Every name but seq, symbol and type is one letter.
            var name = reader.ValueSpan.Length == 1 ? reader.ValueSpan[0]
                : reader.ValueTextEquals("seq"u8) ? (byte)'s'
                : reader.ValueTextEquals("symbol"u8) ? (byte)'y'
                : (byte)0;
            reader.Read();
            switch (name)
            {
                case (byte)'s': seq = reader.GetInt64(); break;
                case (byte)'y': symbol = reader.GetString()!; break;
                case (byte)'t': at = reader.GetInt64(); break;
                case (byte)'o': open = reader.GetDouble(); break;
                case (byte)'h': high = reader.GetDouble(); break;
                case (byte)'l': low = reader.GetDouble(); break;
                case (byte)'c': close = reader.GetDouble(); break;
                case (byte)'v': volume = reader.GetDouble(); break;
                default: reader.Skip(); break;
            }
        }

        run.OnBar(new Bar(symbol, at, open, high, low, close, volume));
        return seq;
    }

    // Stops behind the first bar that emits: what the worker decides about its signals comes before the next bar. Nor may its notes outgrow a frame.
    private long ManyBars(ReadOnlySpan<byte> frame, bool warm)
    {
        long first = 0;
        var reader = Opened(frame);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("seq"u8))
            {
                reader.Read();
                first = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("bars"u8))
            {
                return Bars(ref reader, first, warm);
            }
            else
            {
                reader.Skip();
            }
        }

        throw new ProtocolException("A frame of bars without bars; seq comes before them.");
    }

    private long Bars(ref Utf8JsonReader reader, long first, bool warm)
    {
        var seq = first - 1;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            var at = reader.GetInt64();
            var (open, high, low, close, volume) = (Next(ref reader), Next(ref reader), Next(ref reader), Next(ref reader), Next(ref reader));
            reader.Read();
            var symbol = run.Symbol;
            if (reader.TokenType == JsonTokenType.Number)
            {
                symbol = SymbolAt(reader.GetInt32());
                reader.Read();
            }

            if (reader.TokenType != JsonTokenType.EndArray)
            {
                throw new ProtocolException("A bar of a chunk is [t,o,h,l,c,v], with the symbol's place behind when it is not the session's.");
            }

            var bar = new Bar(symbol, at, open, high, low, close, volume);
            if (warm)
            {
                run.Warm(bar);
                continue;
            }

            seq++;
            run.OnBar(bar);
            if (run.MustAnswer)
            {
                break;
            }
        }

        return seq;
    }

    private string SymbolAt(int place) =>
        place >= 0 && place < run.BarSymbols.Count
            ? run.BarSymbols[place]
            : throw new ProtocolException($"There is no symbol {place}; {run.BarSymbols.Count} are fed.");

    private static double Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetDouble();
    }

    private long OneTrade(ReadOnlySpan<byte> frame)
    {
        using var json = Parse(frame);
        var trade = json.RootElement;
        run.OnTrade(new Trade(
            SymbolOf(trade), trade.GetProperty("t").GetInt64(), trade.GetProperty("p").GetDouble(), trade.GetProperty("s").GetDouble()));
        return trade.GetProperty("seq").GetInt64();
    }

    private long OneQuote(ReadOnlySpan<byte> frame)
    {
        using var json = Parse(frame);
        var quote = json.RootElement;
        run.OnQuote(new Quote(
            SymbolOf(quote),
            quote.GetProperty("t").GetInt64(),
            quote.GetProperty("b").GetDouble(),
            quote.GetProperty("bs").GetDouble(),
            quote.GetProperty("a").GetDouble(),
            quote.GetProperty("as").GetDouble()));
        return quote.GetProperty("seq").GetInt64();
    }

    private long Outcome(ReadOnlySpan<byte> frame)
    {
        using var json = Parse(frame);
        foreach (var outcome in json.RootElement.GetProperty("outcomes").EnumerateArray())
        {
            run.OnOutcome(
                outcome.GetProperty("ticket").GetInt64(),
                outcome.GetProperty("status").GetString()!,
                Present(outcome, "orderId")?.GetString(),
                Present(outcome, "code")?.GetString());
        }

        return json.RootElement.GetProperty("seq").GetInt64();
    }

    private string SymbolOf(JsonElement tick) => Present(tick, "symbol")?.GetString() ?? run.Symbol;

    private long Update(ReadOnlySpan<byte> frame)
    {
        using var json = Parse(frame);
        var update = json.RootElement;
        var held = update.GetProperty("position");
        var position = new Position(held.GetProperty("quantity").GetDouble(), held.GetProperty("averagePrice").GetDouble());

        // Numbers are read from the text as doubles, not by way of decimal: Python reads the same text to the same bits.
        var order = update.GetProperty("order");
        var id = order.GetProperty("orderId").GetString()!;
        var action = order.GetProperty("side").ValueEquals("BUY"u8) ? SignalAction.Buy : SignalAction.Sell;
        var symbol = Present(order, "symbol")?.GetString() ?? run.Symbol;
        var change = new OrderUpdate(
            id,
            symbol,
            action,
            order.GetProperty("status").GetString()!,
            order.GetProperty("quantity").GetDouble(),
            order.GetProperty("filledQuantity").GetDouble(),
            Present(order, "averageFillPrice")?.GetDouble(),
            Present(order, "code")?.GetString(),
            Present(order, "leg")?.GetString());
        var fill = Present(order, "fill") is { } executed
            ? new Fill(
                id,
                symbol,
                action,
                executed.GetProperty("quantity").GetDouble(),
                executed.GetProperty("price").GetDouble(),
                executed.GetProperty("fee").GetDouble(),
                executed.GetProperty("feeAsset").GetString()!,
                executed.GetProperty("occurredAt").GetDateTimeOffset(),
                position)
            : null;

        run.OnUpdate(update.GetProperty("cash").GetDouble(), position, change, fill, Present(update, "ticket")?.GetInt64());
        return update.GetProperty("seq").GetInt64();
    }

    private void Stop(ReadOnlySpan<byte> frame)
    {
        using var json = Parse(frame);
        var byUser = json.RootElement.TryGetProperty("reason", out var reason) && reason.ValueEquals("user"u8);
        IsStopped = true;
        run.OnStop(byUser ? StopReason.User : StopReason.Platform);
    }

    private static JsonElement? Present(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonDocument Parse(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame, Options);
        return JsonDocument.ParseValue(ref reader);
    }

    private static Utf8JsonReader Opened(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame, Options);
        reader.Read();
        return reader;
    }
}
