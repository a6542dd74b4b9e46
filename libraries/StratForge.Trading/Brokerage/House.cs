using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>Many virtual accounts behind one at the broker, in memory: the only place in which orders, reservations, fills and the way of orders
/// to the broker are decided.</summary>
/// <remarks>
/// <para>Not thread-safe: one writer applies commands one after the other, has <see cref="Pending"/> written in one transaction, and says
/// <see cref="Keep"/> or, when it was not written, <see cref="Undo"/>. No method reads a clock or does I/O.</para>
/// <para>Accounts are brought in when they are first needed (<see cref="Admit"/>); everything open is there from the start.</para>
/// </remarks>
/// <param name="stepOf">Step of the prices of a symbol near a price, USD.</param>
/// <param name="newId">Draws an id for something that happens at an instant.</param>
public sealed partial class House(Func<string, decimal, decimal> stepOf, Func<DateTimeOffset, Guid> newId)
{
    // Reports about orders that ended a moment ago are repeats, as a rule; what is older is looked up in the store.
    private const int RememberedBrokerOrders = 10_000;

    private readonly Dictionary<Guid, Account> _accounts = [];
    private readonly Dictionary<string, SymbolBook> _books = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Order> _orders = [];
    private readonly Dictionary<Guid, BrokerOrder> _brokerOrders = [];
    private readonly Queue<Guid> _retired = new();
    private readonly HashSet<SymbolBook> _changedBooks = [];
    private Changes _pending = new();

    /// <summary>What was changed since it was last kept.</summary>
    public Changes Pending => _pending;

    /// <summary>Symbols with something open.</summary>
    public IEnumerable<string> OpenSymbols => _books.Values.Where(book => !book.IsQuiet).Select(book => book.Symbol);

    /// <summary>Books in which something was opened, moved or closed since this was asked last.</summary>
    public IReadOnlyList<SymbolBook> TakeChangedBooks()
    {
        SymbolBook[] changed = [.. _changedBooks];
        _changedBooks.Clear();
        return changed;
    }

    /// <summary>The account, if it was admitted.</summary>
    /// <param name="userId">Its owner.</param>
    public Account? FindAccount(Guid userId) => _accounts.GetValueOrDefault(userId);

    /// <summary>An open order, if there is one of that id.</summary>
    /// <param name="orderId">Its id.</param>
    public Order? FindOrder(Guid orderId) => _orders.TryGetValue(orderId, out var order) && order.IsOpen ? order : null;

    /// <summary>A broker order that is open or was a moment ago.</summary>
    /// <param name="brokerOrderId">Its id.</param>
    public BrokerOrder? FindBrokerOrder(Guid brokerOrderId) => _brokerOrders.GetValueOrDefault(brokerOrderId);

    /// <summary>Everything open in one symbol.</summary>
    /// <param name="symbol">The symbol.</param>
    public SymbolBook BookOf(string symbol)
    {
        if (!_books.TryGetValue(symbol, out var book))
        {
            book = new SymbolBook(symbol, _changedBooks, tracked => _pending.Touch(tracked));
            _books.Add(symbol, book);
        }

        return book;
    }

    /// <summary>Brings an account in as it is stored.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="state">Its money.</param>
    /// <param name="positions">Its positions that are open, or could be again: session, symbol, holding.</param>
    /// <param name="recent">When it placed the orders of the last minute.</param>
    public Account Admit(
        Guid userId, AccountState state, IEnumerable<(Guid? SessionId, string Symbol, Holding Holding)> positions, IEnumerable<DateTimeOffset> recent)
    {
        var account = new Account(userId, state);
        _accounts.Add(userId, account);
        foreach (var (sessionId, symbol, holding) in positions)
        {
            account.Add(new Position(account, sessionId, symbol, holding, isWritten: true));
        }

        foreach (var at in recent)
        {
            account.Count(at);
        }

        return account;
    }

    /// <summary>Brings an open order in as it is stored. Its account was admitted.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="sessionId">Its session.</param>
    /// <param name="facts">What never changes about it.</param>
    /// <param name="progress">How far it has come.</param>
    public Order Restore(Guid userId, Guid? sessionId, OrderFacts facts, OrderProgress progress)
    {
        var book = BookOf(facts.Terms.Symbol);
        var order = new Order(book, _accounts[userId].PositionOf(sessionId, facts.Terms.Symbol), facts, progress, isWritten: true);
        Enlist(order);
        return progress.TrailsSince is null || order.Trailing is not null
            ? order
            : throw new InvalidOperationException($"Order {facts.Id} trails since {progress.TrailsSince}, and there is no waterline that old.");
    }

    /// <summary>Brings a waterline in as it is stored, before the orders on it.</summary>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="side">Direction of its orders.</param>
    /// <param name="seq">Its place among those of the symbol and side.</param>
    /// <param name="price">Best price that its orders have seen, USD.</param>
    public void RestoreWaterline(string symbol, Side side, long seq, decimal price) => BookOf(symbol).Resting.TrailsOf(side).Restore(seq, price);

    /// <summary>Brings a broker order in as it is stored, with those of its orders that are open.</summary>
    /// <param name="facts">What never changes about it.</param>
    /// <param name="progress">How far it has come.</param>
    /// <param name="orders">Its open orders, oldest first.</param>
    /// <param name="booked">Executions that are booked.</param>
    public BrokerOrder Restore(BrokerOrderFacts facts, BrokerOrderProgress progress, IEnumerable<Order> orders, IEnumerable<Guid> booked)
    {
        var order = new BrokerOrder(this, facts, progress, orders, booked, isWritten: true);
        _brokerOrders.Add(order.Id, order);
        if (order.IsOpen)
        {
            BookOf(facts.Symbol).Add(order);
        }
        else
        {
            Remember(order);
        }

        return order;
    }

    /// <summary>States what all users together hold of a symbol, as it is stored.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="net">Units, long less short.</param>
    public void RestoreNet(string symbol, decimal net) => BookOf(symbol).Net = net;

    /// <summary>The changes were written.</summary>
    public void Keep()
    {
        var written = _pending;
        _pending = new Changes();
        written.Keep();
        foreach (var order in written.Touched<Order>().Where(order => !order.IsOpen))
        {
            _orders.Remove(order.Id);
        }
    }

    /// <summary>The changes were not written and never will be: everything is as before.</summary>
    public void Undo()
    {
        var undone = _pending;
        _pending = new Changes();
        undone.Undo();
        foreach (var (user, share) in undone.Served)
        {
            _served[user] = _served.GetValueOrDefault(user) - share;
        }

        foreach (var order in undone.Touched<Order>().Where(order => order.IsNew))
        {
            _orders.Remove(order.Id);
        }

        // Orders that go back to where they were may themselves have emptied lines on the way.
        Waterline[] lines = [.. undone.Touched<Waterline>().Union(_pending.Touched<Waterline>())];
        Array.ForEach(lines, static line => ((ITracked)line).Undo());
        Array.ForEach(lines, static line => line.Rebuild());
        _pending = new Changes();
    }

    /// <summary>Accounts in memory.</summary>
    public int AccountCount => _accounts.Count;

    /// <summary>Lets go of accounts that have nothing open, to be admitted again when they are needed. Nothing is pending.</summary>
    public void DismissIdle()
    {
        foreach (var (userId, account) in _accounts)
        {
            if (account.Orders.Count == 0)
            {
                _accounts.Remove(userId);
            }
        }
    }

    internal void Retire(BrokerOrder order)
    {
        if (order.IsRetired)
        {
            // A late report touched it once more.
            return;
        }

        BookOf(order.Facts.Symbol).Remove(order);
        Remember(order);
    }

    internal void Forget(BrokerOrder order)
    {
        BookOf(order.Facts.Symbol).Remove(order);
        _brokerOrders.Remove(order.Id);
    }

    private void Remember(BrokerOrder order)
    {
        order.IsRetired = true;
        _retired.Enqueue(order.Id);
        while (_retired.Count > RememberedBrokerOrders)
        {
            _brokerOrders.Remove(_retired.Dequeue());
        }
    }

    private void Enlist(Order order)
    {
        // First what may fail: an id that is there already leaves everything as it is.
        _orders.Add(order.Id, order);
        order.Enlist();
    }

    private Order Create(Position position, OrderFacts facts, OrderProgress progress)
    {
        var book = BookOf(facts.Terms.Symbol);
        var order = new Order(book, position, facts, progress, isWritten: false);
        Enlist(order);
        order.Account.Count(order.CreatedAt);
        _pending.Touch(order);
        return order;
    }

    private void Set(Order order, OrderProgress progress)
    {
        // What it has seen at the end is its own.
        order.Set(progress.TrailsSince is null || (progress.TriggeredAt is null && OrderStatus.IsOpen(progress.Status))
            ? progress
            : progress with { HighWater = order.HighWater, TrailsSince = null });
        _pending.Touch(order);
    }

    private void Set(BrokerOrder order, BrokerOrderProgress progress)
    {
        order.Set(progress);
        _pending.Touch(order);
    }

    private void Set(Position position, Holding holding)
    {
        position.Set(holding);
        _pending.Touch(position);
    }

    private void Set(Account account, AccountState state)
    {
        account.Set(state);
        _pending.Touch(account);
    }

    private void ChangeNet(SymbolBook book, decimal units)
    {
        book.Net += units;
        _pending.Nets.Add((book, units));
    }

    private static decimal NetOf(Trade trade) =>
        trade.Order.Side == Side.Sell ? -trade.Share.Quantity
        : trade.FeeAsset == "USD" ? trade.Share.Quantity
        : trade.Share.Quantity - trade.Share.Fee;
}
