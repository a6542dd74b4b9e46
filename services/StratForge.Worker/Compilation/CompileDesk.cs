using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Compilation;

/// <summary>Gives every C# source its assembly, compiling each at most once: sessions of one version share the work.</summary>
internal sealed class CompileDesk(
    EventLoop loop,
    HostSpawner spawner,
    HostPrograms programs,
    AssemblyCache cache,
    CageState cage,
    IOptions<WorkerOptions> options) : IDisposable
{
    // A compiler keeps what it loaded: the second source takes a fiftieth of the first's time. But it also keeps memory.
    private const int CompilesPerChild = 50;
    private const int Children = 2;
    private const int KeptInMemory = 256;

    // What is larger is read from the disk again: 64 MiB is the most that all of them take.
    private const int LargestInMemory = 256 * 1024;
    private const int MaxSource = 256 * 1024;
    private static readonly TimeSpan IdleFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Lazy<Task<CompileResult>>> _results = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();
    private readonly SemaphoreSlim _free = new(Children, Children);
    private readonly Turns _turns = new();

    // On the loop only.
    private readonly Stack<CompilerChild> _idle = new();

    /// <summary>The assembly of <paramref name="source"/>, or why there is none.</summary>
    /// <param name="userId">On whose behalf: each user's sources are compiled one after the other, so that nobody keeps the compilers to himself.</param>
    /// <param name="source">C#.</param>
    /// <param name="cancellationToken">Ends the wait, not the work: others may wait for the same.</param>
    public async Task<CompileResult> CompileAsync(Guid userId, string source, CancellationToken cancellationToken)
    {
        if (programs.Missing(HostKind.CSharp) is { } missing)
        {
            return new CompileResult(null, new HostFailure(HostFailure.RuntimeUnavailable, $"C# strategies can't run here: {missing}."));
        }

        var key = cache.KeyOf(source);
        var shared = _results.GetOrAdd(key, _ =>
        {
            _order.Enqueue(key);
            return new Lazy<Task<CompileResult>>(() => FindOrCompileAsync(userId, key, source));
        });
        while (_order.Count > KeptInMemory && _order.TryDequeue(out var oldest))
        {
            _results.TryRemove(oldest, out _);
        }

        var result = await shared.Value.WaitAsync(cancellationToken);
        if (result.Assembly is { Length: > LargestInMemory } || result is { Assembly: null, IsOfSource: false })
        {
            // Too large to keep; or not the source's fault: the next attempt may fare better.
            _results.TryRemove(KeyValuePair.Create(key, shared));
        }

        return result;
    }

    public void Dispose() => _free.Dispose();

    private async Task<CompileResult> FindOrCompileAsync(Guid userId, string key, string source)
    {
        if (await cache.FindAsync(key, CancellationToken.None) is { } kept)
        {
            return new CompileResult(kept, null);
        }

        var bytes = Encoding.UTF8.GetBytes(source);
        if (bytes.Length is 0 or > MaxSource)
        {
            return new CompileResult(null, new HostFailure(
                HostFailure.CompileError, $"The source has {bytes.Length} bytes; 1 to {MaxSource} are allowed."), IsOfSource: true);
        }

        return await _turns.TakeAsync(userId, () => CompileAndKeepAsync(key, bytes));
    }

    private async Task<CompileResult> CompileAndKeepAsync(string key, byte[] source)
    {
        await _free.WaitAsync();
        try
        {
            var (result, isFresh) = await CompileAsync(source, mustBeFresh: false);
            if (result is { Assembly: null, IsOfSource: false } && !isFresh)
            {
                // What earlier sources left in the compiler may be the reason.
                (result, _) = await CompileAsync(source, mustBeFresh: true);
            }

            if (result.Assembly is { } assembly)
            {
                await cache.KeepAsync(key, assembly, CancellationToken.None);
            }

            return result;
        }
        catch (InvalidOperationException refused)
        {
            return new CompileResult(null, new HostFailure(HostFailure.RuntimeUnavailable, refused.Message));
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task<(CompileResult Result, bool IsFresh)> CompileAsync(byte[] source, bool mustBeFresh)
    {
        var answer = new TaskCompletionSource<CompileResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!mustBeFresh && await loop.AskAsync(() => CompileInIdle(source, answer)))
        {
            return (await answer.Task, IsFresh: false);
        }

        var process = await spawner.SpawnAsync(programs.Command(HostKind.Compile));
        await loop.AskAsync(() =>
        {
            var child = new CompilerChild(cage, options.Value.Limits, loop);
            child.Attach(process);
            Compile(child, source, answer);
            return true;
        });
        return (await answer.Task, IsFresh: true);
    }

    // Taken and set to work in one turn of the loop: in between it could be ended for having been idle.
    private bool CompileInIdle(byte[] source, TaskCompletionSource<CompileResult> answer)
    {
        while (_idle.TryPop(out var idle))
        {
            if (idle.IsUsable)
            {
                Compile(idle, source, answer);
                return true;
            }
        }

        return false;
    }

    private void Compile(CompilerChild child, byte[] source, TaskCompletionSource<CompileResult> answer) => child.Compile(source, result =>
    {
        PutBack(child);
        answer.TrySetResult(result);
    });

    private void PutBack(CompilerChild child)
    {
        if (!child.IsUsable)
        {
            return;
        }

        if (child.Compiled >= CompilesPerChild || child.IsFull)
        {
            child.End();
            return;
        }

        _idle.Push(child);
        var compiled = child.Compiled;
        loop.After(IdleFor, () =>
        {
            // Still the same count: nobody needed it in the meantime.
            if (child.Compiled == compiled)
            {
                child.End();
            }
        });
    }
}
