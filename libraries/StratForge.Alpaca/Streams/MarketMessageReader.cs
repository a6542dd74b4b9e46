using System.Text;
using System.Text.Json;

namespace StratForge.Alpaca;

/// <summary>Reads frames of a market-data stream: an array of small objects told apart by <c>T</c>, whose keys mean different
/// things in different messages. Read by hand, since a busy feed brings thousands a second.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class MarketMessageReader
{
    // Symbols repeat for ever; a frame need not allocate them anew. Bounded, in case a venue invents names.
    private const int MostSymbols = 20_000;

    private readonly Dictionary<string, string> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _symbolsByText;

    public MarketMessageReader() => _symbolsByText = _symbols.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Messages of kinds we know, in order. What is no JSON (a price of <c>NaN</c>, half a message) costs that message and no other.</summary>
    /// <param name="frame">One frame.</param>
    /// <param name="unreadable">Messages that were left out: they are no JSON, or of a known kind and lack something. A frame that is no array counts as one.</param>
    public List<AlpacaMarketMessage> Read(ReadOnlySpan<byte> frame, out int unreadable)
    {
        unreadable = 0;
        var messages = new List<AlpacaMarketMessage>();
        try
        {
            ReadWhole(frame, messages, ref unreadable);
        }
        catch (Exception broken) when (IsUnreadable(broken))
        {
            messages.Clear();
            unreadable = 0;
            ReadEach(frame, messages, ref unreadable);
        }

        return messages;
    }

    private void ReadWhole(ReadOnlySpan<byte> frame, List<AlpacaMarketMessage> messages, ref int unreadable)
    {
        var reader = new Utf8JsonReader(frame);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A frame is an array.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadMessage(ref reader, messages, ref unreadable);
        }
    }

    // A frame that is broken somewhere: each of its messages by itself, cut at the braces that are not inside of a text.
    private void ReadEach(ReadOnlySpan<byte> frame, List<AlpacaMarketMessage> messages, ref int unreadable)
    {
        var (start, depth, inText) = (-1, 0, false);
        for (var at = 0; at < frame.Length; at++)
        {
            switch (frame[at])
            {
                case (byte)'\\' when inText:
                    at++;
                    break;
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'{' when !inText:
                    start = depth++ == 0 ? at : start;
                    break;
                case (byte)'}' when !inText && depth > 0 && --depth == 0:
                    ReadOne(frame[start..(at + 1)], messages, ref unreadable);
                    break;
            }
        }

        if (depth > 0 || messages.Count + unreadable == 0)
        {
            unreadable++;
        }
    }

    private void ReadOne(ReadOnlySpan<byte> message, List<AlpacaMarketMessage> messages, ref int unreadable)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            reader.Read();
            ReadMessage(ref reader, messages, ref unreadable);
        }
        catch (Exception broken) when (IsUnreadable(broken))
        {
            unreadable++;
        }
    }

    private void ReadMessage(ref Utf8JsonReader reader, List<AlpacaMarketMessage> messages, ref int unreadable)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A frame holds objects.");
        }

        var fields = new Fields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField(ref reader, ref fields);
        }

        if (ToMessage(fields, ref unreadable) is { } message)
        {
            messages.Add(message);
        }
    }

    // A text that is not UTF-8 is an invalid operation to the reader.
    private static bool IsUnreadable(Exception exception) => exception is JsonException or InvalidOperationException;

    private void ReadField(ref Utf8JsonReader reader, ref Fields fields)
    {
        var name = reader.ValueSpan;
        switch (name.Length)
        {
            case 1:
                var key = name[0];
                reader.Read();
                ReadShortField(ref reader, ref fields, key);
                return;
            case 2:
                var (first, second) = (name[0], name[1]);
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number)
                {
                    switch ((first, second))
                    {
                        case ((byte)'v', (byte)'w'): fields.Vwap = Amount(ref reader); break;
                        case ((byte)'b', (byte)'p'): fields.BidPrice = Amount(ref reader); break;
                        case ((byte)'b', (byte)'s'): fields.BidSize = Amount(ref reader); break;
                        case ((byte)'a', (byte)'p'): fields.AskPrice = Amount(ref reader); break;
                        case ((byte)'a', (byte)'s'): fields.AskSize = Amount(ref reader); break;
                    }
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    switch ((first, second))
                    {
                        case ((byte)'s', (byte)'c'): fields.StatusCode = reader.GetString(); break;
                        case ((byte)'s', (byte)'m'): fields.StatusText = reader.GetString(); break;
                        case ((byte)'r', (byte)'c'): fields.ReasonCode = reader.GetString(); break;
                        case ((byte)'r', (byte)'m'): fields.ReasonText = reader.GetString(); break;
                    }
                }

                reader.Skip();
                return;
        }

        if (name.SequenceEqual("msg"u8))
        {
            reader.Read();
            fields.Text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        else if (name.SequenceEqual("code"u8))
        {
            reader.Read();
            fields.Code = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var code) ? code : 0;
        }
        else if (name.SequenceEqual("trades"u8))
        {
            fields.Trades = Symbols(ref reader);
        }
        else if (name.SequenceEqual("quotes"u8))
        {
            fields.Quotes = Symbols(ref reader);
        }
        else if (name.SequenceEqual("bars"u8))
        {
            fields.Bars = Symbols(ref reader);
        }
        else if (name.SequenceEqual("updatedBars"u8))
        {
            fields.UpdatedBars = Symbols(ref reader);
        }
        else if (name.SequenceEqual("dailyBars"u8))
        {
            fields.DailyBars = Symbols(ref reader);
        }
        else if (name.SequenceEqual("statuses"u8))
        {
            fields.Statuses = Symbols(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private void ReadShortField(ref Utf8JsonReader reader, ref Fields fields, byte key)
    {
        switch (key)
        {
            case (byte)'T' when reader.TokenType == JsonTokenType.String:
                fields.Kind = reader.ValueSpan.Length == 1 ? reader.ValueSpan[0]
                    : reader.ValueTextEquals("success"u8) ? Fields.Success
                    : reader.ValueTextEquals("error"u8) ? Fields.Error
                    : reader.ValueTextEquals("subscription"u8) ? Fields.Subscription : (byte)0;
                break;
            case (byte)'S' when reader.TokenType == JsonTokenType.String: fields.Symbol = Symbol(ref reader); break;
            case (byte)'t' when reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time): fields.Time = time.ToUniversalTime(); break;
            // In trades and quotes c holds the conditions, an array.
            case (byte)'c' when reader.TokenType == JsonTokenType.Number: fields.Close = Amount(ref reader); break;
            case (byte)'o' when reader.TokenType == JsonTokenType.Number: fields.Open = Amount(ref reader); break;
            case (byte)'h' when reader.TokenType == JsonTokenType.Number: fields.High = Amount(ref reader); break;
            case (byte)'l' when reader.TokenType == JsonTokenType.Number: fields.Low = Amount(ref reader); break;
            case (byte)'v' when reader.TokenType == JsonTokenType.Number: fields.Volume = Amount(ref reader); break;
            case (byte)'p' when reader.TokenType == JsonTokenType.Number: fields.Price = Amount(ref reader); break;
            case (byte)'s' when reader.TokenType == JsonTokenType.Number: fields.Size = Amount(ref reader); break;
            case (byte)'n' when reader.TokenType == JsonTokenType.Number: fields.Count = reader.TryGetInt64(out var count) ? count : 0; break;
            case (byte)'i' when reader.TokenType == JsonTokenType.Number: fields.Id = reader.TryGetInt64(out var id) ? id : 0; break;
            default: reader.Skip(); break;
        }
    }

    private static AlpacaMarketMessage? ToMessage(in Fields fields, ref int unreadable)
    {
        AlpacaMarketMessage? message = fields switch
        {
            { Kind: (byte)'b' or (byte)'u' or (byte)'d', Symbol: { } symbol, Time: { } time, Open: { } open, High: { } high, Low: { } low, Close: { } close } =>
                new AlpacaMarketMessage.Bar(
                    symbol,
                    fields.Kind switch { (byte)'b' => AlpacaBarKind.Minute, (byte)'u' => AlpacaBarKind.Updated, _ => AlpacaBarKind.Daily },
                    new AlpacaBar(time, open, high, low, close, fields.Volume ?? 0, fields.Count, fields.Vwap ?? 0)),
            { Kind: (byte)'t', Symbol: { } symbol, Time: { } time, Price: { } price } =>
                new AlpacaMarketMessage.Trade(symbol, new AlpacaTrade(time, price, fields.Size ?? 0, fields.Id)),
            { Kind: (byte)'q', Symbol: { } symbol, Time: { } time, BidPrice: { } bid, AskPrice: { } ask } =>
                new AlpacaMarketMessage.Quote(symbol, new AlpacaQuote(time, bid, fields.BidSize ?? 0, ask, fields.AskSize ?? 0)),
            { Kind: (byte)'s', Symbol: { } symbol, Time: { } time, StatusCode: { } code } =>
                new AlpacaMarketMessage.Status(
                    symbol, new AlpacaTradingStatus(time, code, fields.StatusText ?? "", fields.ReasonCode ?? "", fields.ReasonText ?? "")),
            { Kind: Fields.Success } => new AlpacaMarketMessage.Success(fields.Text ?? ""),
            { Kind: Fields.Error } => new AlpacaMarketMessage.Refused(fields.Code, fields.Text ?? ""),
            { Kind: Fields.Subscription } => new AlpacaMarketMessage.Subscribed(new AlpacaSubscription(
                fields.Trades ?? [], fields.Quotes ?? [], fields.Bars ?? [], fields.UpdatedBars ?? [], fields.DailyBars ?? [], fields.Statuses ?? [])),
            _ => null,
        };

        if (message is null && fields.Kind is ((byte)'b' or (byte)'u' or (byte)'d' or (byte)'t' or (byte)'q' or (byte)'s'))
        {
            unreadable++;
        }

        return message;
    }

    private static decimal Amount(ref Utf8JsonReader reader) =>
        reader.TryGetDecimal(out var amount) ? amount : throw new JsonException("An amount exceeds what a decimal holds.");

    private string Symbol(ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[32];
        if (reader.ValueIsEscaped || reader.ValueSpan.Length > text.Length)
        {
            return reader.GetString()!;
        }

        text = text[..Encoding.UTF8.GetChars(reader.ValueSpan, text)];
        if (_symbolsByText.TryGetValue(text, out var known))
        {
            return known;
        }

        var symbol = text.ToString();
        if (_symbols.Count < MostSymbols)
        {
            _symbols.Add(symbol, symbol);
        }

        return symbol;
    }

    private static List<string> Symbols(ref Utf8JsonReader reader)
    {
        var symbols = new List<string>();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return symbols;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                symbols.Add(reader.GetString()!);
            }
            else
            {
                reader.Skip();
            }
        }

        return symbols;
    }

    private struct Fields
    {
        public const byte Success = 1;
        public const byte Error = 2;
        public const byte Subscription = 3;

        public byte Kind;
        public string? Symbol;
        public DateTimeOffset? Time;
        public decimal? Open;
        public decimal? High;
        public decimal? Low;
        public decimal? Close;
        public decimal? Volume;
        public decimal? Vwap;
        public decimal? Price;
        public decimal? Size;
        public decimal? BidPrice;
        public decimal? BidSize;
        public decimal? AskPrice;
        public decimal? AskSize;
        public long Count;
        public long Id;
        public int Code;
        public string? Text;
        public List<string>? Trades;
        public List<string>? Quotes;
        public List<string>? Bars;
        public List<string>? UpdatedBars;
        public List<string>? DailyBars;
        public List<string>? Statuses;
        public string? StatusCode;
        public string? StatusText;
        public string? ReasonCode;
        public string? ReasonText;
    }
}
