using System.Collections.Concurrent;
using System.Text;

namespace StratForge.Worker.Hosts;

/// <summary>Starts host processes, all from one thread that lives as long as the worker.</summary>
/// <remarks>A host asks the kernel to die with its parent, and to the kernel the parent is the <em>thread</em> that started it: a
/// pool thread that retires would take its hosts along.</remarks>
internal sealed unsafe class HostSpawner : IDisposable
{
    private const short SetSignalDefaults = 0x04; // POSIX_SPAWN_SETSIGDEF
    private const short SetSignalMask = 0x08; // POSIX_SPAWN_SETSIGMASK

    // glibc's structures are 336 bytes at most, sets of signals 128; musl's are smaller.
    private const int StructureSize = 1024;

    private readonly BlockingCollection<Action> _requests = new(boundedCapacity: 10_000);

    public HostSpawner()
    {
        new Thread(() =>
        {
            foreach (var request in _requests.GetConsumingEnumerable())
            {
                request();
            }
        })
        { Name = "host spawner", IsBackground = true }.Start();
    }

    /// <summary>Starts <paramref name="command"/> with three pipes for its standard streams.</summary>
    /// <exception cref="InvalidOperationException">The system refused; says why.</exception>
    public Task<SpawnedProcess> SpawnAsync(HostCommand command)
    {
        var answer = new TaskCompletionSource<SpawnedProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add(() =>
        {
            try
            {
                answer.SetResult(Spawn(command));
            }
            catch (InvalidOperationException exception)
            {
                answer.SetException(exception);
            }
        });
        return answer.Task;
    }

    // The thread stays: were it to end now, the hosts that still run would be killed before their sessions could be released.
    public void Dispose() => _requests.CompleteAdding();

    private static SpawnedProcess Spawn(HostCommand command)
    {
        var input = Posix.CreatePipe();
        var output = Posix.CreatePipe();
        var log = Posix.CreatePipe();
        try
        {
            var processId = Spawn(command, input.Read, output.Write, log.Write);
            Posix.SetNonBlocking(input.Write);
            Posix.SetNonBlocking(output.Read);
            Posix.SetNonBlocking(log.Read);
            return new SpawnedProcess(processId, Posix.OpenProcess(processId), input.Write, output.Read, log.Read);
        }
        catch (InvalidOperationException)
        {
            _ = Posix.close(input.Write);
            _ = Posix.close(output.Read);
            _ = Posix.close(log.Read);
            throw;
        }
        finally
        {
            _ = Posix.close(input.Read);
            _ = Posix.close(output.Write);
            _ = Posix.close(log.Write);
        }
    }

    private static int Spawn(HostCommand command, int input, int output, int log)
    {
        using var arguments = new NativeStrings([command.Program, .. command.Arguments]);
        using var environment = new NativeStrings([.. command.Environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        var actions = stackalloc byte[StructureSize];
        var attributes = stackalloc byte[StructureSize];
        var signals = stackalloc byte[StructureSize];
        _ = Posix.posix_spawn_file_actions_init(actions);
        _ = Posix.posix_spawnattr_init(attributes);
        try
        {
            _ = Posix.posix_spawn_file_actions_adddup2(actions, input, 0);
            _ = Posix.posix_spawn_file_actions_adddup2(actions, output, 1);
            _ = Posix.posix_spawn_file_actions_adddup2(actions, log, 2);
            _ = Posix.sigemptyset(signals);
            _ = Posix.posix_spawnattr_setsigmask(attributes, signals);
            _ = Posix.sigfillset(signals);
            _ = Posix.posix_spawnattr_setsigdefault(attributes, signals);
            _ = Posix.posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask);

            int processId;
            var error = Posix.posix_spawn(&processId, arguments.Pointers[0], actions, attributes, arguments.Pointers, environment.Pointers);
            return error == 0
                ? processId
                : throw new InvalidOperationException($"{command.Program} could not be started: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            _ = Posix.posix_spawnattr_destroy(attributes);
            _ = Posix.posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>A null-terminated array of null-terminated strings in native memory.</summary>
    private readonly ref struct NativeStrings
    {
        public NativeStrings(string[] texts)
        {
            Pointers = (byte**)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)(texts.Length + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < texts.Length; i++)
            {
                var size = Encoding.UTF8.GetByteCount(texts[i]);
                Pointers[i] = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)size + 1);
                Encoding.UTF8.GetBytes(texts[i], new Span<byte>(Pointers[i], size));
                Pointers[i][size] = 0;
            }

            Pointers[texts.Length] = null;
        }

        public byte** Pointers { get; }

        public void Dispose()
        {
            for (var pointer = Pointers; *pointer != null; pointer++)
            {
                System.Runtime.InteropServices.NativeMemory.Free(*pointer);
            }

            System.Runtime.InteropServices.NativeMemory.Free(Pointers);
        }
    }
}

/// <summary>A child process as descriptors.</summary>
/// <param name="ProcessId">Valid until it is reaped.</param>
/// <param name="Handle">Becomes readable when it ends.</param>
/// <param name="Input">Our end of its standard input.</param>
/// <param name="Output">Our end of its standard output.</param>
/// <param name="Log">Our end of its standard error.</param>
internal sealed record SpawnedProcess(int ProcessId, int Handle, int Input, int Output, int Log);

/// <summary>What to start.</summary>
/// <param name="Program">Absolute path.</param>
/// <param name="Arguments">Without the program's own name.</param>
/// <param name="Environment">All of it; nothing is inherited.</param>
internal sealed record HostCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment);
