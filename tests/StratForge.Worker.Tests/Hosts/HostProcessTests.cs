using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Tests.Hosts;

/// <summary>The pipes, with real children of the simplest kind.</summary>
public sealed class HostProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentQueue<Exception> _surprises = new();
    private readonly EventLoop _loop;
    private readonly HostSpawner _spawner = new();
    private readonly ConcurrentQueue<HostProcess> _hosts = new();

    public HostProcessTests() => _loop = new EventLoop(TimeProvider.System, _surprises.Enqueue);

    // Also those of a test that failed half-way: nothing else would end a child that spins.
    public void Dispose()
    {
        _loop.AskAsync(() => { Array.ForEach([.. _hosts], host => host.Kill()); return true; }).Wait(Patience);
        _spawner.Dispose();
        _loop.Dispose();
        Assert.Empty(_surprises);
    }

    [Fact]
    public async Task Frames_far_larger_than_a_pipe_come_back_whole()
    {
        var (host, heard) = await StartAsync("/bin/cat");
        var sent = new[] { 10, 500_000, 1, 900_000, 70_000 }.Select((size, i) => Filled(size, (byte)i)).ToArray();

        await _loop.AskAsync(() => sent.All(frame => host.SendRaw(frame)));

        foreach (var frame in sent)
        {
            Assert.Equal(frame, await heard.NextFrameAsync());
        }

        await _loop.AskAsync(() => { host.CloseInput(); return true; });
        Assert.Equal(new HostExit(0, null), await heard.ExitAsync());
    }

    [Fact]
    public async Task A_hundred_children_are_served_by_one_thread()
    {
        var children = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => StartAsync("/bin/cat")));

        await _loop.AskAsync(() => children.All(child => child.Host.SendRaw(Filled(3, 7))));
        foreach (var (_, heard) in children)
        {
            Assert.Equal([7, 7, 7], await heard.NextFrameAsync());
        }

        await _loop.AskAsync(() => { Array.ForEach(children, child => child.Host.Kill()); return true; });
        foreach (var (_, heard) in children)
        {
            Assert.Equal(Posix.SigKill, (await heard.ExitAsync()).Signal);
        }
    }

    [Fact]
    public async Task A_child_that_does_not_read_is_given_up_at_the_bound()
    {
        var (host, heard) = await StartAsync("/bin/sleep", "60");

        var (first, second) = await _loop.AskAsync(() => (host.SendRaw(Filled(900_000, 1)), host.SendRaw(Filled(900_000, 2))));
        Assert.True(first);
        Assert.False(second);

        await _loop.AskAsync(() => { host.Kill(); return true; });
        Assert.Equal(Posix.SigKill, (await heard.ExitAsync()).Signal);
    }

    [Fact]
    public async Task A_child_sees_the_environment_it_was_given_and_nothing_of_ours()
    {
        var (_, heard) = await StartAsync("/bin/sh", "-c", "exec /usr/bin/env >&2");

        await heard.ExitAsync();

        Assert.Equal("LANG=C.UTF-8", string.Join(' ', heard.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("_=", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task What_a_child_says_last_is_heard_before_its_end()
    {
        var (_, heard) = await StartAsync("/bin/sh", "-c", @"printf '\003\000\000\000abc'; echo why >&2; exit 3");

        Assert.Equal(new HostExit(3, null), await heard.ExitAsync());
        Assert.Equal("abc"u8.ToArray(), await heard.NextFrameAsync());
        Assert.Equal("why\n", heard.Log);
    }

    [Fact]
    public async Task A_child_that_breaks_the_framing_is_reported_once_and_its_pipe_emptied()
    {
        var (host, heard) = await StartAsync("/bin/sh", "-c", "head -c 300000 /dev/zero; exec sleep 60");

        await heard.BreachAsync();
        await _loop.AskAsync(() => { host.Kill(); return true; });

        await heard.ExitAsync();
        Assert.Equal(1, heard.Breaches);
    }

    [Fact]
    public async Task A_frame_that_its_owner_can_not_handle_is_reported_as_a_breach_and_the_child_can_still_end()
    {
        var (host, heard) = await StartAsync("/bin/cat");
        heard.Throws = true;

        await _loop.AskAsync(() => host.SendRaw(Filled(3, 1)) && host.SendRaw(Filled(3, 2)));
        await heard.BreachAsync();
        await _loop.AskAsync(() => { host.CloseInput(); return true; });

        Assert.Equal(new HostExit(0, null), await heard.ExitAsync());
        Assert.Equal(1, heard.Breaches);
        Assert.True(_surprises.TryDequeue(out var surprise));
        Assert.IsType<KeyNotFoundException>(surprise);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_an_error_not_a_child()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _spawner.SpawnAsync(new HostCommand("/nowhere/dotnet", [], new Dictionary<string, string>())));

        Assert.Contains("/nowhere/dotnet could not be started", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cpu_time_and_memory_of_a_busy_child_are_seen_from_outside()
    {
        var (host, heard) = await StartAsync("/bin/sh", "-c", "while :; do :; done");

        while (await _loop.AskAsync(() => host.CpuTime) < 20_000_000)
        {
            await Task.Yield();
        }

        var usage = await _loop.AskAsync(host.Usage);
        Assert.InRange(usage.ResidentMemory, 100_000, 100_000_000);
        Assert.Equal(1, usage.Threads);
        Assert.True(await _loop.AskAsync(host.WantsCpu));
        await _loop.AskAsync(() => { host.Kill(); return true; });
        await heard.ExitAsync();
    }

    [Fact]
    public async Task A_child_whose_first_thread_waits_for_a_busy_one_is_seen_to_want_the_processor()
    {
        var (host, heard) = await StartAsync(
            "/usr/bin/python3", "-c", "import threading\ndef spin():\n  while True: pass\nt = threading.Thread(target=spin)\nt.start()\nt.join()");

        while (await _loop.AskAsync(() => host.Usage().Threads < 2 || StateOf(host) != "S"))
        {
            await Task.Yield();
        }

        Assert.True(await _loop.AskAsync(host.WantsCpu));
        await _loop.AskAsync(() => { host.Kill(); return true; });
        await heard.ExitAsync();
    }

    [Fact]
    public async Task A_child_that_sleeps_does_not_want_the_processor_and_one_that_ended_is_not_late()
    {
        var (host, heard) = await StartAsync("/bin/sleep", "60");

        while (await _loop.AskAsync(host.WantsCpu))
        {
            await Task.Yield();
        }

        // The thread that would hear of its end is busy here.
        Assert.True(await _loop.AskAsync(() =>
        {
            host.Kill();
            return SpinWait.SpinUntil(() => StateOf(host) == "Z", Patience) && host.WantsCpu();
        }));
        await heard.ExitAsync();
        Assert.False(host.WantsCpu());
    }

    [Fact]
    public async Task Children_that_outnumber_the_processors_are_seen_to_stand_in_line()
    {
        var children = await Task.WhenAll(
            Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => StartAsync("/bin/sh", "-c", "while :; do :; done")));

        while (await _loop.AskAsync(() => children.Max(child => child.Host.TimeInLine())) < TimeSpan.FromMilliseconds(20))
        {
            await Task.Yield();
        }

        await _loop.AskAsync(() => { Array.ForEach(children, child => child.Host.Kill()); return true; });
        foreach (var (host, heard) in children)
        {
            await heard.ExitAsync();
            Assert.Equal(TimeSpan.Zero, host.TimeInLine());
        }
    }

    [Fact]
    public async Task An_answer_that_lies_in_the_pipe_is_seen_before_it_is_read()
    {
        var (host, heard) = await StartAsync("/bin/cat");
        Assert.False(await _loop.AskAsync(host.HasSpoken));

        // The thread that reads is busy here until the child has answered, so nothing can have been read.
        Assert.True(await _loop.AskAsync(() => host.SendRaw(Filled(3, 7)) && SpinWait.SpinUntil(host.HasSpoken, Patience)));

        Assert.Equal([7, 7, 7], await heard.NextFrameAsync());
        Assert.False(await _loop.AskAsync(host.HasSpoken));
        await _loop.AskAsync(() => { host.Kill(); return true; });
        await heard.ExitAsync();
    }

    private async Task<(HostProcess Host, Heard Heard)> StartAsync(string program, params string[] arguments)
    {
        var process = await _spawner.SpawnAsync(new HostCommand(
            program, arguments, new Dictionary<string, string>(StringComparer.Ordinal) { ["LANG"] = "C.UTF-8" }));
        var heard = new Heard();
        var host = await _loop.AskAsync(() => new HostProcess(_loop, process, heard, maxFrame: 1_000_000, maxPending: 3_000_000 / 2));
        _hosts.Enqueue(host);
        return (host, heard);
    }

    private static string StateOf(HostProcess host) => File.ReadAllText($"/proc/{host.ProcessId}/stat").Split(' ')[2];

    private static byte[] Filled(int size, byte value)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, value);
        return bytes;
    }

    private sealed class Heard : IHostOwner
    {
        private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();
        private readonly TaskCompletionSource<HostExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _breach = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly StringBuilder _log = new();

        public int Breaches { get; private set; }

        public string Log => _log.ToString();

        public bool Throws { get; set; }

        public void OnFrame(ReadOnlySpan<byte> frame)
        {
            if (Throws)
            {
                throw new KeyNotFoundException("nobody expects that");
            }

            _frames.Writer.TryWrite(frame.ToArray());
        }

        public void OnLog(ReadOnlySpan<byte> text) => _log.Append(Encoding.UTF8.GetString(text));

        public void OnBreach(string what)
        {
            Breaches++;
            _breach.TrySetResult();
        }

        public void OnExit(HostExit exit) => _exit.TrySetResult(exit);

        public async Task<byte[]> NextFrameAsync() => await _frames.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public Task<HostExit> ExitAsync() => _exit.Task.WaitAsync(Patience);

        public Task BreachAsync() => _breach.Task.WaitAsync(Patience);
    }
}
