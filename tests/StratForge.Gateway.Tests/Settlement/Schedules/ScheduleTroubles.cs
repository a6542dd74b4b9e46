using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <content>What goes wrong: kills, broken lines, requests that fail, events that come twice, late, in another order or never.</content>
internal sealed partial class Schedule
{
    private void DrawTrouble()
    {
        if (_isCalm)
        {
            return;
        }

        if (_process.Plan is null && _random.Next(4) == 0)
        {
            _process.Plan = OneOf(KillPoint.All);
        }
        else if (_random.Next(20) == 0)
        {
            _process.BreakLine(_random.Next(2) == 0 ? LineBreak.BeforeCommit : LineBreak.AfterCommit);
        }
        else if (_random.Next(30) == 0)
        {
            Counts.Fault("event stream lost");
            _deafFor = _random.Next(2, 8);
        }
    }

    // Death between two steps, and the death of one that goes on though another leads.
    private async Task MayEndAsync()
    {
        if (!await _process.RestAsync() || _process.Plan is not { Deed: Deed.Rest } plan)
        {
            return;
        }

        if (plan.Moment == Moment.Superseded)
        {
            await SupersedeAsync(plan);
        }
        else
        {
            _process.DieAt(plan);
        }
    }

    /// <summary>Another gateway leads while this one goes on: nothing that it does is written any more, and what it had sent arrives.</summary>
    private async Task SupersedeAsync(KillPoint plan)
    {
        Note("superseded");
        var former = _process;
        former.Plan = null;
        await OpenAsync();
        List<Contracts.Internal.ExecuteSignal> signals = [_wishes.Signal(OneOf([.. _traders.Where(trader => trader.SessionId is not null)]))];
        await Assert.ThrowsAsync<NotLeadingException>(() => former.House.Desk.ExecuteAsync(signals, false, CancellationToken.None));
        _signals.AddRange(signals);
        _unansweredSignals.AddRange(signals);
        if (_random.Next(2) == 0)
        {
            await CompareAsync();
        }

        foreach (var request in former.Venue.AtDoor.Where(_ => _random.Next(2) == 0))
        {
            former.Venue.LetGo(request, RequestFate.Arrives);
            await Eventually.BecomesAsync(() => Task.FromResult(former.Venue.UnderWay), static underWay => underWay == 0);
        }

        former.DieAt(plan);
        Counts.Kill(plan);
        Counts["kills"]++;
        await former.BuryAsync();
        await CompareAsync();
    }

    private async Task ReviveAsync()
    {
        while (_process.IsDead)
        {
            var fell = _process.Fell ?? throw new InvalidOperationException("It died by itself.");
            Note($"dead {fell}");
            Counts.Kill(fell);
            Counts["kills"]++;
            CountBreaks();
            await _process.BuryAsync();
            await _books.CheckAsync();
            // What was said while nobody listened is lost, or comes again later.
            while (_told.TryDequeue(out var update))
            {
                if (_random.Next(2) == 0)
                {
                    _late.Add(update);
                }
            }

            await OpenAsync();
            if (!_isCalm && _random.Next(6) == 0)
            {
                _process.Plan = new KillPoint(Deed.Comparison, _random.Next(2) == 0 ? Moment.Before : Moment.After);
            }

            await CompareAsync();
        }
    }

    private void CountBreaks()
    {
        foreach (var broken in _process.Breaks)
        {
            Counts.Fault(broken == LineBreak.BeforeCommit ? "database line broken before a commit" : "database line broken after a commit");
        }
    }

    /// <summary>Lets requests go that wait at the venue's door, one at a time, in any order.</summary>
    /// <param name="everything">Until none is left; otherwise some may stay for later.</param>
    private async Task FlowAsync(bool everything)
    {
        while (await _process.RestAsync())
        {
            var atDoor = _process.Venue.AtDoor;
            if (atDoor.Count == 0)
            {
                return;
            }

            if (!everything && _random.Next(4) == 0)
            {
                Counts["fault request late"] += atDoor.Count;
                return;
            }

            var request = OneOf(atDoor);
            if (!ReferenceEquals(request, atDoor[0]))
            {
                Counts.Fault("request overtaken");
            }

            var fate = DrawFate(request);
            Note($"{request.Deed} {request.Symbol} {fate}");
            _process.Doing = request.Deed == Deed.Submission ? Deed.Answer : Deed.Recall;
            _process.Venue.LetGo(request, fate);
        }
    }

    private RequestFate DrawFate(VenueLine.Request request)
    {
        if (!request.IsQuestion && _process.DiesAt(request.Deed, out var moment))
        {
            return moment == Moment.Before ? RequestFate.DeathBefore : RequestFate.DeathAfter;
        }

        return Trouble(_isCalm ? int.MaxValue : _random.Next(24));
    }

    // Comparisons ask the venue one question after the other while the schedule waits for them.
    private RequestFate DrawComparisonFate()
    {
        if (_isCalm)
        {
            return RequestFate.Arrives;
        }

        if (_process.Plan is { Deed: Deed.Comparison } && _random.Next(3) == 0 && _process.DiesAt(Deed.Comparison, out var moment))
        {
            return moment == Moment.Before ? RequestFate.DeathBefore : RequestFate.DeathAfter;
        }

        return Trouble(_random.Next(40));
    }

    private RequestFate Trouble(int lot)
    {
        var fate = lot switch
        {
            0 => RequestFate.TooMany,
            1 => RequestFate.ErrorBefore,
            2 => RequestFate.ErrorAfter,
            3 => RequestFate.DisconnectBefore,
            4 => RequestFate.DisconnectAfter,
            _ => RequestFate.Arrives,
        };
        if (fate != RequestFate.Arrives)
        {
            Counts.Fault($"request {fate}");
        }

        return fate;
    }

    private async Task TellAsync(AlpacaTradeUpdate update, bool rests)
    {
        switch (_isCalm ? 0 : _random.Next(8))
        {
            case < 4:
                await HearAsync(update, rests);
                break;
            case 4:
                Counts.Fault("event twice");
                await HearAsync(update, rests);
                await HearAsync(update, rests);
                break;
            case 5:
                Counts.Fault("event again later");
                await HearAsync(update, rests);
                _late.Add(update);
                break;
            case 6:
                Counts.Fault("event late");
                _late.Add(update);
                break;
            default:
                Counts.Fault("event never");
                break;
        }
    }

    private async Task TellLateAsync()
    {
        while (_late.Count > 0 && _random.Next(5) > 0)
        {
            var at = _random.Next(_late.Count);
            var update = _late[at];
            _late.RemoveAt(at);
            if (at > 0)
            {
                Counts.Fault("event out of order");
            }

            await HearAsync(update, rests: true);
        }
    }

    // What the venue says of itself: that an order is live, that one was given back.
    private async Task ListenAsync()
    {
        while (_told.TryDequeue(out var update))
        {
            await TellAsync(update, rests: true);
        }
    }

    private async Task HearAsync(AlpacaTradeUpdate update, bool rests)
    {
        if (_process.IsDead || VenueReports.Of(update, out _) is not { } report)
        {
            return;
        }

        if (_deafFor > 0)
        {
            Counts.Fault("event lost with the stream");
            return;
        }

        if (!rests)
        {
            await _process.House.Books.ReportAsync(report, CancellationToken.None);
            return;
        }

        if (await _process.RestAsync())
        {
            _process.Doing = report switch { VenueReport.Executed => Deed.Fill, VenueReport.Ended => Deed.End, _ => Deed.Live };
            await _process.TryAsync(_process.House.Books.ReportAsync(report, CancellationToken.None).AsTask());
            await _process.RestAsync();
        }
    }
}
