using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Identity;

/// <summary>Hashes and checks passwords with PBKDF2-HMAC-SHA512.</summary>
/// <remarks>A hash costs a core some tenths of a second, on purpose. They run on threads of their own, at most one per two
/// cores, so that a rush of sign-ins slows down sign-ins and not orders.</remarks>
internal sealed class Passwords : IDisposable
{
    /// <summary>Rounds of one hash: 220,000 of HMAC-SHA512 cost an attacker what 600,000 of HMAC-SHA256 do
    /// (OWASP Password Storage Cheat Sheet, which asks for 210,000).</summary>
    public const int Iterations = 220_000;

    // Half a minute of work at a third of a second each; whoever comes after that is asked to come back.
    private const int MostWaiting = 64;

    private readonly PasswordHasher<User> _hasher;
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lazy<string> _nobodysHash;
    private int _waiting;

    /// <param name="iterations">Rounds of a hash made here; fewer than <see cref="Iterations"/> only where nobody's password is at stake.</param>
    public Passwords(int iterations = Iterations)
    {
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _nobodysHash = new(() => _hasher.HashPassword(null!, Convert.ToHexString(RandomNumberGenerator.GetBytes(32))));
    }

    /// <summary>A new password, of some hundred random bits, without letters that look alike.</summary>
    public static string Draw() => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 20);

    /// <summary>The hash to store of a password.</summary>
    /// <returns>Null when too many wait already.</returns>
    public Task<string?> HashAsync(string password, CancellationToken cancellationToken) =>
        InTurnAsync<string?>(() => _hasher.HashPassword(null!, password), null, cancellationToken);

    /// <summary>Whether <paramref name="password"/> belongs to <paramref name="hash"/>. A null hash (no such user) takes as long as
    /// a wrong password, so that the time of an answer does not tell who has an account.</summary>
    /// <returns>Null when too many wait already.</returns>
    public Task<bool?> VerifyAsync(string? hash, string password, CancellationToken cancellationToken) =>
        InTurnAsync<bool?>(
            () => _hasher.VerifyHashedPassword(null!, hash ?? _nobodysHash.Value, password) != PasswordVerificationResult.Failed
                && hash is not null,
            null,
            cancellationToken);

    public void Dispose() => _turns.Dispose();

    private async Task<T> InTurnAsync<T>(Func<T> work, T busy, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return busy;
        }

        try
        {
            await _turns.WaitAsync(cancellationToken);
            try
            {
                return await Task.Factory.StartNew(
                    work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
