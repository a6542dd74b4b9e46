using System.Text;
using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

// What the strategy says, in its answers and on its standard error.
internal sealed partial class Session
{
    public void OnLog(ReadOnlySpan<byte> text)
    {
        if (_log.Floods(text.Length))
        {
            Fail(HostFailure.OfFlood(_services.Limits));
            return;
        }

        var characters = new char[Encoding.UTF8.GetMaxCharCount(text.Length)];
        var count = _logDecoder.GetChars(text, characters, flush: false);
        Remember(characters.AsSpan(0, count));
        foreach (var character in characters.AsSpan(0, count))
        {
            if (character != '\n' && _logLine.Length < 2_048)
            {
                _logLine.Append(character);
                continue;
            }

            KeepLog("info", _logLine.ToString());
            _logLine.Clear();
            if (character != '\n')
            {
                _logLine.Append(character);
            }
        }
    }

    // Trades and quotes come of the symbols whose bars come. Whoever waits for more would wait in vain, and should know. Sessions from before there were
    // further symbols go on with their own.
    private void TakeTickFeeds(LoadedFrame loaded)
    {
        foreach (var wanted in loaded.Subscriptions ?? [])
        {
            var isFed = (_symbols ?? [Claim.Symbol]).Contains(wanted.Symbol, StringComparer.Ordinal);
            if (isFed && wanted.Feed is SubscriptionFrame.Trades or SubscriptionFrame.Quotes)
            {
                _tickFeeds.Add((wanted.Symbol, wanted.Feed == SubscriptionFrame.Quotes));
            }
            else if (!isFed)
            {
                KeepLog(
                    "warning",
                    $"This session is fed the bars of {string.Join(", ", _symbols ?? [Claim.Symbol])}; {wanted.Feed} of {wanted.Symbol} do not come.");
            }
        }
    }

    private void KeepLogs(DoneFrame done)
    {
        foreach (var line in done.Logs ?? [])
        {
            KeepLog(line.Level is "debug" or "warning" or "error" ? line.Level : "info", StrategyNotes.TextOf(line));
        }

        foreach (var mark in done.Marks ?? [])
        {
            KeepLog("info", StrategyNotes.TextOf(mark));
        }
    }

    // What was handled before was logged before.
    private void KeepLog(string level, string message)
    {
        if (message.Length == 0 || (_phase is Phase.AtWork or Phase.AwaitingAnswers or Phase.Telling && IsReplay))
        {
            return;
        }

        if (!_log.Take(Encoding.UTF8.GetByteCount(message)))
        {
            return;
        }

        if (_log.TakeDropped() is > 0 and var dropped)
        {
            _services.Journal.Log(SessionId, "warning", $"{dropped} bytes of log were not kept.");
        }

        _services.Journal.Log(SessionId, level, message);
    }

    private void Remember(ReadOnlySpan<char> text)
    {
        _lastWords.Append(text.Length > LastWordsKept ? text[^LastWordsKept..] : text);
        if (_lastWords.Length > LastWordsKept)
        {
            _lastWords.Remove(0, _lastWords.Length - LastWordsKept);
        }
    }
}
