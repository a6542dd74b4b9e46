using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Tests.Sandbox;

/// <summary>Runs a filter as the kernel would, on one system call.</summary>
internal static class FilterInterpreter
{
    /// <summary>The verdict about a call.</summary>
    public static uint Evaluate(FilterProgram filter, uint architecture, uint number, params ulong[] arguments)
    {
        var data = new uint[16]; // struct seccomp_data in words
        data[0] = number;
        data[1] = architecture;
        for (var i = 0; i < arguments.Length; i++)
        {
            data[4 + (2 * i)] = (uint)arguments[i];
            data[5 + (2 * i)] = (uint)(arguments[i] >> 32);
        }

        uint accumulator = 0;
        for (var place = 0; ; place++)
        {
            var (code, then, otherwise, operand) = filter.Instructions[place];
            switch (code)
            {
                case 0x20: accumulator = data[operand / 4]; break;
                case 0x54: accumulator &= operand; break;
                case 0x15: place += accumulator == operand ? then : otherwise; break;
                case 0x25: place += accumulator > operand ? then : otherwise; break;
                case 0x35: place += accumulator >= operand ? then : otherwise; break;
                case 0x06: return operand;
                default: throw new InvalidOperationException($"Instruction {code:x} is none the filters use.");
            }
        }
    }
}
