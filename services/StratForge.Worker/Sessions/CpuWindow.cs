namespace StratForge.Worker.Sessions;

/// <summary>CPU time a host used over the last minute, from one sample a second.</summary>
internal sealed class CpuWindow
{
    private const int Seconds = 60;
    private readonly long[] _samples = new long[Seconds];
    private int _count;

    /// <summary>Takes the CPU time used so far.</summary>
    /// <param name="cpuTime">Nanoseconds.</param>
    /// <returns>Nanoseconds used within the window.</returns>
    public long Sample(long cpuTime)
    {
        var oldest = _count == 0 ? cpuTime : _count < Seconds ? _samples[0] : _samples[_count % Seconds];
        _samples[_count % Seconds] = cpuTime;
        _count++;
        return cpuTime - oldest;
    }

    /// <summary>Forgets: what was used while catching up does not count.</summary>
    public void Restart() => _count = 0;
}
