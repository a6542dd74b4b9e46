using Microsoft.Extensions.Options;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Sees to it that the books are only kept at the account that they belong to. Whoever is about to ask something of the account asks here first.</summary>
/// <remarks>The books belong to the account that they were first kept at. A gateway whose broker does not answer may keep them and take orders; nothing
/// reaches the account before it was seen to be theirs.</remarks>
internal sealed partial class BooksAccount(
    BooksAccountStore store, IBroker broker, IOptions<AlpacaOptions> venue, IOptions<BooksAccountOptions> options, TimeProvider clock,
    ILogger<BooksAccount> logger) : IDisposable
{
    // One that the account knows proves it; several, in case the newest never reached it.
    private const int OrdersAskedFor = 5;

    // Another account takes somebody to change something; the broker's 200 requests a minute are for orders.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private long _doubts = 1;
    private long _settled;
    private long _refusedAt;
    private volatile AccountRefusal? _refusal;

    /// <summary>Why this gateway does not keep the books; null while nothing is known against it.</summary>
    public AccountRefusal? Refusal => _refusal;

    /// <summary>Whether the account is known to be that of the books.</summary>
    public bool IsConfirmed => Interlocked.Read(ref _settled) == Interlocked.Read(ref _doubts);

    /// <summary>Behind the same address there may be another account from now on.</summary>
    public void Doubt() => Interlocked.Increment(ref _doubts);

    /// <summary>Makes sure that the account is that of the books; new books become the account's.</summary>
    /// <exception cref="ForeignAccountException">It is not.</exception>
    /// <exception cref="AlpacaException">The broker does not answer: nobody knows.</exception>
    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        if (IsConfirmed)
        {
            return;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_refusal is { } standing && clock.GetElapsedTime(_refusedAt) < AskAgainAfter)
            {
                throw new ForeignAccountException(standing);
            }

            if (!IsConfirmed)
            {
                await AskAsync(cancellationToken);
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var doubts = Interlocked.Read(ref _doubts);
        var account = await broker.GetAccountAsync(cancellationToken);
        var found = new AccountOfBooks(account.Id, account.AccountNumber ?? account.Id.ToString(), venue.Value.IsSimulated);
        if (await JudgeAsync(found, cancellationToken) is { } refusal)
        {
            if (_refusal?.Instruction != refusal.Instruction)
            {
                LogRefused(refusal.Instruction);
            }

            (_refusal, _refusedAt) = (refusal, clock.GetTimestamp());
            throw new ForeignAccountException(refusal);
        }

        _refusal = null;
        Interlocked.Exchange(ref _settled, doubts);
    }

    private async Task<AccountRefusal?> JudgeAsync(AccountOfBooks found, CancellationToken cancellationToken)
    {
        while (true)
        {
            var books = await store.FindAsync(cancellationToken);
            if (books?.Account.Id == found.Id)
            {
                return null;
            }

            var isAccepted = string.Equals(options.Value.AcceptAccount?.Trim(), found.Number, StringComparison.OrdinalIgnoreCase);
            if (!isAccepted && books is { Account: var other })
            {
                return AccountRefusal.Differs(other, found);
            }

            if (!isAccepted && !await KnowsTheBooksAsync(cancellationToken))
            {
                return AccountRefusal.Unproven(found);
            }

            if (await store.TryAddAsync((books?.Seq ?? 0) + 1, found, clock.Now(), cancellationToken))
            {
                if (books is { Account: var former })
                {
                    LogAccepted(found.Number, former.Number);
                }
                else
                {
                    LogAdopted(found.Number);
                }

                return null;
            }
        }
    }

    // Books that were kept before it was written down whose they are.
    private async Task<bool> KnowsTheBooksAsync(CancellationToken cancellationToken)
    {
        var sent = await store.ListConfirmedAsync(OrdersAskedFor, cancellationToken);
        foreach (var id in sent)
        {
            if (await broker.FindAsync(id, cancellationToken) is not null)
            {
                return true;
            }
        }

        return sent.Count == 0;
    }

    [LoggerMessage(LogLevel.Information, "The books belong to account {Number}")]
    private partial void LogAdopted(string number);

    [LoggerMessage(LogLevel.Warning, "The books belong to account {Number} from now on, as Broker__AcceptAccount asks; they belonged to account {Former}")]
    private partial void LogAccepted(string number, string former);

    [LoggerMessage(LogLevel.Error, "This gateway does not keep the books. {Instruction}")]
    private partial void LogRefused(string instruction);
}
