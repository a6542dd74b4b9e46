using System.Globalization;
using StratForge.Contracts.Hosting;

namespace StratForge.Strategies.Running;

/// <content>What a strategy asks for.</content>
internal sealed partial class StrategyRun
{
    public Signal Send(Signal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        return Replaced(signal) ?? Append(signal);
    }

    public void Cancel(Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        MaySpeak();
        if (ticket.OrderId is { } order)
        {
            _account.Cancel(order);
        }
    }

    public void Cancel(string orderId)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        MaySpeak();
        _account.Cancel(orderId);
    }

    public void CancelAll()
    {
        MaySpeak();
        _account.CancelAll();
    }

    public double ToClose(string? symbol) => _account.ToClose(Traded(symbol));

    public double ToTarget(double quantity, string? symbol) => _account.ToTarget(Traded(symbol), quantity);

    public double ToTargetPercent(double share, double? limit, string? symbol)
    {
        var view = Traded(symbol);
        var price = limit is null && share != 0 ? PriceOf(view.Symbol) : view.LastPrice;
        return _account.ToTargetPercent(view, share, limit, price, Equity, BuyingPower);
    }

    public void Explain(string text)
    {
        MaySpeak();
        _explanation = text;
    }

    private void Returned(Signal? signal)
    {
        if (signal is null)
        {
            return;
        }

        // One of an earlier event, kept and returned again, is wanted once more.
        _ = Replaced(signal) ?? Append(signal);
    }

    // A signal of this event that comes again, perhaps changed, takes its own place.
    private Signal? Replaced(Signal signal)
    {
        var place = signal.Ticket is null ? -1 : _signals.FindLastIndex(sent => ReferenceEquals(sent.Ticket, signal.Ticket));
        if (place < 0)
        {
            return null;
        }

        if (!ReferenceEquals(_signals[place], signal))
        {
            _signals[place] = Checked(signal);
            signal.Ticket!.Signal = _signals[place];
        }

        return _signals[place];
    }

    private Signal Append(Signal signal)
    {
        var symbol = Traded(signal.Symbol).Symbol;
        var fit = Checked(signal with { Explanation = _explanation });
        MaySpeak();
        if (_signals.Count == HostProtocol.MaxSignalsPerEvent)
        {
            throw new InvalidOperationException($"One event may emit at most {HostProtocol.MaxSignalsPerEvent} signals.");
        }

        var ticket = _account.NewTicket(++_tickets, fit, symbol);
        var sent = fit with { Ticket = ticket };
        ticket.Signal = sent;
        _signals.Add(sent);
        _explanation = null;
        return sent;
    }

    private void MaySpeak()
    {
        if (_silentBecause is not null)
        {
            throw new InvalidOperationException($"No signals here: {_silentBecause}.");
        }
    }

    private static Signal Checked(Signal signal)
    {
        if (Lots.Nearest(signal.Quantity) <= 0)
        {
            throw new ArgumentException($"A quantity of {Number(signal.Quantity)} can't be traded: it has to be greater than zero.");
        }

        if (!(signal.Confidence is >= 0 and <= 1))
        {
            throw new ArgumentException($"A confidence of {Number(signal.Confidence)} is not between 0 and 1.");
        }

        CheckPrice("limit", signal.LimitPrice);
        CheckPrice("stop", signal.StopPrice);
        CheckPrice("trail", signal.TrailPrice);
        CheckPrice("trail in percent", signal.TrailPercent);
        CheckPrice("take profit", signal.TakeProfit);
        CheckPrice("stop loss", signal.StopLoss);
        CheckPrice("stop loss limit", signal.StopLossLimit);
        if ((signal.TrailPrice is not null || signal.TrailPercent is not null)
            && (signal is { TrailPrice: not null, TrailPercent: not null } or { TrailPercent: >= 100 } || signal.LimitPrice is not null || signal.StopPrice is not null))
        {
            throw new ArgumentException("A trailing stop has either a distance or a percentage below 100, and neither limit nor stop.");
        }

        if (signal is { StopLossLimit: not null, StopLoss: null })
        {
            throw new ArgumentException("A limit of the stop loss goes with a stop loss.");
        }

        var json = SignalJson.Of(signal.Metadata, signal.Explanation);
        return json is null && signal.MetadataJson is null ? signal : signal with { MetadataJson = json };
    }

    private static void CheckPrice(string name, double? price)
    {
        if (price is { } given && !(given > 0 && double.IsFinite(given)))
        {
            throw new ArgumentException($"A {name} of {Number(given)} is not a price: it has to be greater than zero.");
        }
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
