namespace StratForge.Trading.Brokerage;

/// <summary>Something of the books with its state now and as it was last written: a unit of work that could not be written is undone.</summary>
/// <typeparam name="TState">Its state, an immutable record.</typeparam>
public abstract class Tracked<TState> : ITracked
    where TState : class
{
    private TState? _written;

    private protected Tracked(TState now, bool isWritten)
    {
        Now = now;
        _written = isWritten ? now : null;
    }

    /// <summary>Its state now.</summary>
    public TState Now { get; private protected set; }

    /// <summary>Whether no row of it was ever written.</summary>
    public bool IsNew => _written is null;

    /// <summary>Whether something has to be written.</summary>
    public bool IsChanged => !ReferenceEquals(Now, _written);

    void ITracked.Keep()
    {
        _written = Now;
        Kept();
    }

    void ITracked.Undo()
    {
        if (_written is null)
        {
            Vanish();
            return;
        }

        Now = _written;
        Undone();
    }

    /// <summary>Called when its state was written.</summary>
    private protected virtual void Kept()
    {
    }

    /// <summary>Called when it is again as it was last written.</summary>
    private protected virtual void Undone()
    {
    }

    /// <summary>Called when it never came to be.</summary>
    private protected abstract void Vanish();
}

/// <summary>What a unit of work touched.</summary>
internal interface ITracked
{
    void Keep();

    void Undo();
}
