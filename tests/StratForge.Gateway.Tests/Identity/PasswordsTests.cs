using System.Buffers.Binary;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Tests.Identity;

public sealed class PasswordsTests
{
    /// <summary>The format of ASP.NET Core's PasswordHasher: a byte 1, then in network order the function (2 is HMAC-SHA512) and its rounds.</summary>
    [Fact]
    public async Task A_hash_costs_all_rounds_unless_told_otherwise()
    {
        using var passwords = new Passwords();

        var hash = Convert.FromBase64String((await passwords.HashAsync("correct horse battery", CancellationToken.None))!);

        Assert.Equal(1, hash[0]);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)));
        Assert.Equal(220_000u, BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)));
    }
}
