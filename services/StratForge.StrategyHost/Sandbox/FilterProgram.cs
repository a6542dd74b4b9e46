using System.Buffers.Binary;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>A program in the kernel's classic BPF that decides about each system call.</summary>
/// <remarks>It sees the call as <c>struct seccomp_data</c>: number (offset 0), architecture (4), instruction pointer (8), six 64-bit arguments
/// (from 16). Every rule is a block that is skipped when the number is another one and ends in a verdict otherwise.</remarks>
internal sealed class FilterProgram
{
    /// <summary>The call goes through.</summary>
    public const uint Allow = 0x7FFF_0000;

    /// <summary>The process dies with SIGSYS.</summary>
    public const uint Kill = 0x8000_0000;

    private const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private const ushort AndWith = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpIfGreater = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    private const ushort JumpIfAtLeast = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;

    // Bit 30 marks the 32-bit-pointer variants of x86-64's calls (x32), which would slip by rules about the usual numbers.
    private const uint FirstForeignNumber = 0x4000_0000;

    private readonly SystemCalls _calls;
    private readonly List<Instruction> _instructions = [];

    public FilterProgram(SystemCalls calls)
    {
        _calls = calls;
        Add(LoadWord, ArchitectureOffset);
        Add(JumpIfEqual, calls.AuditArchitecture, then: 1, otherwise: 0);
        Add(Return, Kill);
        Add(LoadWord, NumberOffset);
        Add(JumpIfAtLeast, FirstForeignNumber, then: 0, otherwise: 1);
        Add(Return, Kill);
    }

    /// <summary>The instructions so far.</summary>
    public IReadOnlyList<Instruction> Instructions => _instructions;

    /// <summary>The verdict that makes a call fail with <paramref name="error"/>.</summary>
    public static uint Errno(int error) => 0x0005_0000 | (uint)error;

    /// <summary>Allows a call only when the bits of <paramref name="mask"/> in an argument's lower half are one of <paramref name="values"/>.</summary>
    public static Instruction[] AllowOnly(int argument, uint mask, uint[] values, uint otherwise)
    {
        var block = new List<Instruction> { new(LoadWord, 0, 0, LowHalf(argument)), new(AndWith, 0, 0, mask) };
        foreach (var value in values)
        {
            block.Add(new(JumpIfEqual, 0, 1, value));
            block.Add(new(Return, 0, 0, Allow));
        }

        block.Add(new(Return, 0, 0, otherwise));
        return [.. block];
    }

    /// <summary>Refuses a call when all bits of <paramref name="mask"/> are set.</summary>
    public static Instruction[] DenyWhenAllSet(int flags, uint mask, uint denial) =>
    [
        new(LoadWord, 0, 0, LowHalf(flags)),
        new(AndWith, 0, 0, mask),
        new(JumpIfEqual, 0, 1, mask),
        new(Return, 0, 0, denial),
        new(Return, 0, 0, Allow),
    ];

    /// <summary>Refuses a call when all bits of <paramref name="mask"/> are set and a size is above <paramref name="most"/>.</summary>
    public static Instruction[] DenyWhenAllSetAndLarger(int flags, uint mask, int size, uint most, uint denial) =>
    [
        new(LoadWord, 0, 0, LowHalf(flags)),
        new(AndWith, 0, 0, mask),
        new(JumpIfEqual, 0, 4, mask),
        new(LoadWord, 0, 0, HighHalf(size)),
        new(JumpIfEqual, 0, 3, 0),
        new(LoadWord, 0, 0, LowHalf(size)),
        new(JumpIfGreater, 1, 0, most),
        new(Return, 0, 0, Allow),
        new(Return, 0, 0, denial),
    ];

    /// <summary>Refuses a call when a pointer is given.</summary>
    public static Instruction[] DenyWhenNotNull(int argument, uint denial) =>
    [
        new(LoadWord, 0, 0, LowHalf(argument)),
        new(JumpIfEqual, 0, 3, 0),
        new(LoadWord, 0, 0, HighHalf(argument)),
        new(JumpIfEqual, 0, 1, 0),
        new(Return, 0, 0, Allow),
        new(Return, 0, 0, denial),
    ];

    /// <summary>Adds a rule about one call. Nothing happens where the architecture does not have it.</summary>
    public void When(string call, Instruction[] block)
    {
        if (_calls.Find(call) is not { } number)
        {
            return;
        }

        Add(LoadWord, NumberOffset);
        Add(JumpIfEqual, (uint)number, then: 0, otherwise: checked((byte)block.Length));
        _instructions.AddRange(block);
    }

    /// <summary>Adds the same verdict for several calls.</summary>
    public void Always(uint verdict, IEnumerable<string> calls)
    {
        Add(LoadWord, NumberOffset);
        foreach (var call in calls)
        {
            if (_calls.Find(call) is { } number)
            {
                Add(JumpIfEqual, (uint)number, then: 0, otherwise: 1);
                Add(Return, verdict);
            }
        }
    }

    /// <summary>Ends the program with the verdict about every other call.</summary>
    public void Otherwise(uint verdict) => Add(Return, verdict);

    /// <summary>The program as the kernel reads it (<c>struct sock_filter[]</c>).</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[_instructions.Count * Instruction.Size];
        for (var i = 0; i < _instructions.Count; i++)
        {
            _instructions[i].Write(bytes.AsSpan(i * Instruction.Size));
        }

        return bytes;
    }

    // Little-endian, which both architectures are: the lower half comes first.
    private static uint LowHalf(int argument) => 16 + ((uint)argument * 8);

    private static uint HighHalf(int argument) => 20 + ((uint)argument * 8);

    private void Add(ushort code, uint operand, byte then = 0, byte otherwise = 0) => _instructions.Add(new(code, then, otherwise, operand));

    /// <summary>One instruction (<c>struct sock_filter</c>).</summary>
    /// <param name="Code">What it does.</param>
    /// <param name="Then">Instructions to skip when a comparison holds.</param>
    /// <param name="Else">Instructions to skip when it does not.</param>
    /// <param name="Operand">Offset, mask, value or verdict.</param>
    internal readonly record struct Instruction(ushort Code, byte Then, byte Else, uint Operand)
    {
        /// <summary>Bytes of one.</summary>
        public const int Size = 8;

        /// <summary>Writes it as the kernel reads it.</summary>
        public void Write(Span<byte> target)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target, Code);
            target[2] = Then;
            target[3] = Else;
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Operand);
        }
    }
}
