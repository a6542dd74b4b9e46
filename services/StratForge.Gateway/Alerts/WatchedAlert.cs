namespace StratForge.Gateway.Alerts;

/// <summary>An alert as whoever watches it needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Version">Rises with each change by its owner.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Kind">What it waits for.</param>
/// <param name="Symbol">Whose price.</param>
/// <param name="SessionId">Which session.</param>
/// <param name="Level">The level.</param>
/// <param name="Hysteresis">How far a value has to come back.</param>
/// <param name="Repeats">Whether it fires every time.</param>
/// <param name="CoolDown">How long it is silent after it fired.</param>
/// <param name="IsMuted">Whether firings are only noted.</param>
/// <param name="WebhookIds">Where firings are posted to.</param>
/// <param name="Side">Where the value stood when last noted.</param>
/// <param name="Firings">How often it fired.</param>
/// <param name="LastFiredAt">When it last fired.</param>
internal sealed record AlertRule(
    Guid Id,
    Guid UserId,
    int Version,
    string Name,
    AlertKind Kind,
    string? Symbol,
    Guid? SessionId,
    decimal? Level,
    decimal? Hysteresis,
    bool Repeats,
    TimeSpan CoolDown,
    bool IsMuted,
    Guid[] WebhookIds,
    int Side,
    int Firings,
    DateTimeOffset? LastFiredAt);

/// <summary>An alert that is watched here. Values come from several threads; one turn of it is written at a time.</summary>
internal sealed class WatchedAlert(AlertRule rule)
{
    private readonly Lock _gate = new();
    private AlertRule _rule = rule;
    private bool _isBusy;
    private bool _isOver;

    public AlertRule Rule => Volatile.Read(ref _rule);

    /// <summary>Whether nothing of it counts any more: it fired for once, or is not as it is known here.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _isOver;
            }
        }
    }

    /// <summary>Looks at a value.</summary>
    /// <param name="value">In the unit of the level.</param>
    /// <param name="marketAt">The market's time of it.</param>
    /// <param name="now">By our clock.</param>
    /// <returns>What has to be written; null when nothing has changed, or something is being written: whoever writes looks again then.</returns>
    public AlertTurn? Look(decimal value, DateTimeOffset? marketAt, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_isBusy || _isOver || _rule is not { Level: { } level, Hysteresis: { } hysteresis, Kind.Direction: { } direction })
            {
                return null;
            }

            var (side, fires) = new Threshold(direction, level, hysteresis).Look(_rule.Side, value);
            if (side == _rule.Side)
            {
                return null;
            }

            _isBusy = true;
            return new AlertTurn(this, side, fires && !(now < _rule.LastFiredAt + _rule.CoolDown), value, marketAt);
        }
    }

    /// <summary>A turn could not be queued: the next value is looked at as if it had not been.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isBusy = false;
        }
    }

    /// <summary>The side was written.</summary>
    public void Turned(int side)
    {
        lock (_gate)
        {
            (_rule, _isBusy) = (_rule with { Side = side }, false);
        }
    }

    /// <summary>A firing was written.</summary>
    public void Fired(int side, DateTimeOffset at)
    {
        lock (_gate)
        {
            _rule = _rule with { Side = side, Firings = _rule.Firings + 1, LastFiredAt = at };
            (_isBusy, _isOver) = (false, !_rule.Repeats);
        }
    }

    /// <summary>It is not as it is known here: until it is read again nothing of it counts.</summary>
    public void Overtaken()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    /// <summary>Whether what is stored says no more than what is known here.</summary>
    public bool Knows(AlertRule stored)
    {
        lock (_gate)
        {
            return !_isOver && _rule.Version == stored.Version && _rule.Firings >= stored.Firings;
        }
    }
}

/// <summary>A value went to another side of an alert's level.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Side">Where it stands now.</param>
/// <param name="Fires">Whether the owner is told.</param>
/// <param name="Value">The value.</param>
/// <param name="MarketAt">The market's time of it.</param>
internal sealed record AlertTurn(WatchedAlert Alert, int Side, bool Fires, decimal Value, DateTimeOffset? MarketAt);
