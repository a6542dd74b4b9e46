// Answers at once and spins behind the worker's back.
// ends: CPU_LIMIT
// platform: COMPILE_ERROR
using System.Threading.Tasks;

public sealed class Hostile : Strategy
{
    private Task? _spinning;

    public override Signal? OnBar(Bar bar)
    {
        _ = _spinning ??= Task.Run(() =>
        {
            while (true)
            {
            }
        });
        return null;
    }
}
