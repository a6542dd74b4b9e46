namespace StratForge.Trading.Risk;

/// <summary>Whose switch it is and what it reaches: those with more say come first.</summary>
public enum SwitchLevel
{
    /// <summary>The house's, over everything.</summary>
    Global,

    /// <summary>The house's, over one user.</summary>
    UserByHouse,

    /// <summary>A user's own, over all he trades.</summary>
    User,

    /// <summary>A user's own, over one session.</summary>
    Session,
}

/// <summary>The switches that concern an order.</summary>
/// <param name="Global">The house's, over everything.</param>
/// <param name="UserByHouse">The house's, over the order's owner.</param>
/// <param name="User">The owner's own.</param>
/// <param name="Session">The owner's, over the order's session; normal for an order by hand.</param>
public readonly record struct TradingSwitches(TradingMode Global, TradingMode UserByHouse, TradingMode User, TradingMode Session)
{
    /// <summary>What holds: the strictest of them.</summary>
    public TradingMode Strictest => Stricter(Stricter(Global, UserByHouse), Stricter(User, Session));

    /// <summary>Whether one of them asks for everything to be closed and nobody with as much say or more has paused.</summary>
    /// <remarks>So a house that flattens is not held up by a user's pause, and a user who flattens does not trade through the house's.</remarks>
    public bool MayClose =>
        MayCloseAt(SwitchLevel.Global) || MayCloseAt(SwitchLevel.UserByHouse) || MayCloseAt(SwitchLevel.User) || MayCloseAt(SwitchLevel.Session);

    /// <summary>The stricter of two.</summary>
    /// <param name="one">A mode.</param>
    /// <param name="other">Another.</param>
    public static TradingMode Stricter(TradingMode one, TradingMode other) => one > other ? one : other;

    /// <summary>What the switch of one level says.</summary>
    /// <param name="level">The level.</param>
    public TradingMode At(SwitchLevel level) => level switch
    {
        SwitchLevel.Global => Global,
        SwitchLevel.UserByHouse => UserByHouse,
        SwitchLevel.User => User,
        _ => Session,
    };

    /// <summary>Whether the switch of one level asks for everything to be closed and none above it has paused.</summary>
    /// <param name="level">The level.</param>
    public bool MayCloseAt(SwitchLevel level)
    {
        for (var above = SwitchLevel.Global; above < level; above++)
        {
            if (At(above) == TradingMode.Paused)
            {
                return false;
            }
        }

        return At(level) == TradingMode.Flatten;
    }
}
