using StratForge.Worker.Compilation;

namespace StratForge.Worker.Tests.Compilation;

public sealed class TurnsTests
{
    private static readonly Guid Anne = Platform.NewId();
    private static readonly Guid Ben = Platform.NewId();
    private readonly Turns _turns = new();

    [Fact]
    public async Task One_users_work_is_done_one_after_the_other_and_another_users_beside_it()
    {
        var gate = new TaskCompletionSource();
        var begun = new List<string>();
        var first = _turns.TakeAsync(Anne, async () =>
        {
            lock (begun)
            {
                begun.Add("anne 1");
            }

            await gate.Task;
            return 1;
        });
        var second = _turns.TakeAsync(Anne, () =>
        {
            lock (begun)
            {
                begun.Add("anne 2");
            }

            return Task.FromResult(2);
        });

        Assert.Equal(3, await _turns.TakeAsync(Ben, () => Task.FromResult(3)));
        lock (begun)
        {
            Assert.DoesNotContain("anne 2", begun);
        }

        gate.SetResult();
        Assert.Equal((1, 2), (await first, await second));
        Assert.Equal(["anne 1", "anne 2"], begun);
        Assert.Equal(0, _turns.Users);
    }

    [Fact]
    public async Task Work_that_fails_keeps_nobody_waiting()
    {
        var failing = _turns.TakeAsync<int>(Anne, () => throw new InvalidOperationException("no"));

        Assert.Equal(1, await _turns.TakeAsync(Anne, () => Task.FromResult(1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
    }
}
