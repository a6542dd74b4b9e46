using StratForge.Contracts.Internal;
using StratForge.Gateway.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Takes orders in, in the order given.</summary>
internal sealed class TakeIn(IReadOnlyList<NewOrder> orders) : BookQuestion<IntakeAnswer[]>
{
    private readonly List<Guid> _refused = [];

    public IReadOnlyList<NewOrder> Orders => orders;

    /// <summary>Keys of orders by hand that were refused just now. A refusal leaves no row, so nothing stops a repeat of an order that was
    /// taken in before and is over: whoever applies this has to look.</summary>
    public IReadOnlyList<Guid> RefusedKeys => _refused;

    public override int Size => orders.Count;

    public override IEnumerable<Guid> Users => orders.Where(order => order.UserId is not null).Select(order => order.UserId!.Value);

    public override IEnumerable<Guid> NamedOrders => orders.Where(order => order.Signal is null).Select(order => order.Key);

    /// <summary>Each of its orders by itself.</summary>
    public TakeIn[] Apart() => [.. orders.Select(order => new TakeIn([order]))];

    /// <summary>Answers as its orders were answered one by one; all of them are.</summary>
    public async Task AnswerAsync(IEnumerable<TakeIn> each)
    {
        try
        {
            Answered([.. (await Task.WhenAll(each.Select(one => one.Answer))).SelectMany(static answers => answers)]);
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    /// <summary>Refuses what the database can't hold.</summary>
    public void Refuse() => Answered([.. orders.Select(_ => Refused("BAD_ORDER", "BAD_ORDER: the books can't hold it as it is"))]);

    protected override IntakeAnswer[] Decide(BookWork work)
    {
        _refused.Clear();
        var answers = new IntakeAnswer[orders.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Decide(orders[i], work);
            if (answers[i] is { IsNew: true, Status: ExecuteOutcome.Rejected } && orders[i] is { Signal: null, RequestHash: not null })
            {
                _refused.Add(orders[i].Key);
            }
        }

        return answers;
    }

    private static IntakeAnswer Decide(NewOrder order, BookWork work)
    {
        if ((work.Known.GetValueOrDefault(order.Key) ?? Remember(order, work)) is { } known)
        {
            return order.Signal is null && !known.RequestHash.AsSpan().SequenceEqual(order.RequestHash)
                ? known.Answer with { Status = "CONFLICT" }
                : known.Answer;
        }

        SessionFacts? session = null;
        if (order.Signal is { } signal && !work.Sessions.TryGetValue(signal.SessionId, out session))
        {
            return Refused("SESSION_UNKNOWN", $"SESSION_UNKNOWN: session={signal.SessionId}");
        }

        var userId = session?.UserId ?? order.UserId!.Value;
        if (work.House.FindAccount(userId) is null)
        {
            return Refused("ACCOUNT_UNKNOWN", "ACCOUNT_UNKNOWN: no virtual account was opened");
        }

        if (session is { EndedAt: null })
        {
            work.Relied.Add(session);
        }

        var answer = work.House.Accept(new IncomingOrder(
            order.Id, userId, session, order.Signal, order.Terms, order.Collar, order.Refusal, order.ReceivedAt, order.ExpiresAt, order.Traceparent,
            order.ClientOrderId, order.RequestHash, order.Legs, order.ExitsOnly, order.Notional, RiskOf(order, userId, session, work),
            session?.Id ?? order.Closes?.SessionId));
        if (answer.Order is not null)
        {
            work.Moved.Add(order.Terms.Symbol);
        }

        return answer;
    }

    private static RiskTerms? RiskOf(NewOrder order, Guid userId, SessionFacts? session, BookWork work) => order switch
    {
        { Refusal: not null } => null,
        { Closes: { } closing } => work.RiskOf.ClosingTermsFor(userId, closing.SessionId, order.Terms.Symbol, work.Now),
        _ => work.RiskOf.TermsFor(userId, session?.Id, order.Terms.Symbol, work.Now),
    };

    // An order by hand that is still open is known without asking the database.
    private static KnownOrder? Remember(NewOrder order, BookWork work) =>
        order.Signal is null && work.House.FindOrder(order.Id) is { } open
            ? new KnownOrder(new IntakeAnswer(ExecuteOutcome.Accepted, false, open.Id, null, null, null), open.Facts.RequestHash)
            : null;

    private static IntakeAnswer Refused(string code, string detail) => new(ExecuteOutcome.Rejected, true, null, code, detail, null);
}
