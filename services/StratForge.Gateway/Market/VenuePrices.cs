using StratForge.Alpaca;
using StratForge.Gateway.Broker;

namespace StratForge.Gateway.Market;

/// <summary>Asks the broker what a symbol costs that the bus says nothing of: once for all who want to know it.</summary>
internal sealed partial class VenuePrices(LastPrices prices, IBroker broker, TimeProvider clock, ILogger<VenuePrices> logger)
{
    // Whoever places orders in a row in a symbol without quotes would otherwise spend the requests of everybody.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // Whoever places an order waits for it. When the budget is used up, a question that nobody waits for any more is not to be in its queue.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // As many as the budget of 200 requests a minute answers within somebody's patience.
    private const int MostAtOnce = 30;

    // Answers beyond this are looked through for old ones.
    private const int ManyAnswers = 1000;

    private readonly Lock _asking = new();
    private readonly Dictionary<string, Question> _questions = new(StringComparer.Ordinal);
    private int _open;

    /// <summary>Asks for the quote and takes it in. Somebody's question that is under way, or was answered just now, is everybody's.</summary>
    /// <param name="symbol">Of an instrument that may exist.</param>
    /// <param name="cancellationToken">The caller's patience; the question goes on without him.</param>
    /// <returns>The price; null when the broker has no quote with both sides, does not answer, or has too many questions before it.</returns>
    public Task<LastPrice?> AskAsync(string symbol, CancellationToken cancellationToken)
    {
        lock (_asking)
        {
            if (!_questions.TryGetValue(symbol, out var question) || IsOld(question))
            {
                if (_open == MostAtOnce)
                {
                    return Task.FromResult<LastPrice?>(null);
                }

                Tidy();
                question = new Question();
                _questions[symbol] = question;
                _open++;
                question.Answer = AskAsync(symbol, question);
            }

            return question.Answer.WaitAsync(cancellationToken);
        }
    }

    private bool IsOld(Question question) => question.AnsweredAt is { } at && clock.GetElapsedTime(at) >= AskAgainAfter;

    private void Tidy()
    {
        if (_questions.Count >= ManyAnswers)
        {
            foreach (var (symbol, _) in _questions.Where(one => IsOld(one.Value)).ToArray())
            {
                _questions.Remove(symbol);
            }
        }
    }

    private async Task<LastPrice?> AskAsync(string symbol, Question question)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            if (await broker.FindQuoteAsync(symbol, patience.Token) is { BidPrice: > 0 and < QuoteReader.Absurd, AskPrice: > 0 and < QuoteReader.Absurd } quote)
            {
                var price = new LastPrice(symbol, (quote.BidPrice + quote.AskPrice) / 2, quote.Time, quote.BidPrice, quote.AskPrice);
                prices.NoteAsked(price);
                return price;
            }
        }
        catch (AlpacaException exception)
        {
            LogNoQuote(symbol, exception.Message);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            LogNoQuote(symbol, $"no answer within {Patience}");
        }
        finally
        {
            lock (_asking)
            {
                question.AnsweredAt = clock.GetTimestamp();
                _open--;
            }
        }

        return null;
    }

    private sealed class Question
    {
        public Task<LastPrice?> Answer { get; set; } = Task.FromResult<LastPrice?>(null);

        public long? AnsweredAt { get; set; }
    }

    [LoggerMessage(LogLevel.Warning, "The broker gives no price of {Symbol}: {Reason}")]
    private partial void LogNoQuote(string symbol, string reason);
}
