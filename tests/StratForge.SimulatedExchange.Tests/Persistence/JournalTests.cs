using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Persistence;

namespace StratForge.SimulatedExchange.Tests.Persistence;

public sealed class JournalTests
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 15, 0, 0, TimeSpan.Zero);

    private static Commit Opened => new(1, Start, new Opening(Guid.CreateVersion7(Start), 1_000m));

    private static Commit Filled(long number)
    {
        var at = Start.AddMinutes(number);
        var order = new Order
        {
            Id = Guid.CreateVersion7(at), ClientOrderId = $"order-{number}", Symbol = "SPY", Side = Side.Buy, Type = OrderType.Market, TimeInForce = TimeInForce.Day,
            Status = OrderStatus.Filled, CreatedAt = at, UpdatedAt = at, SubmittedAt = at, Quantity = 1m, FilledQuantity = 1m, FilledValue = 10.5m, Opens = true,
        };
        return new Commit(number, at, Orders: [order], Executions:
            [new Execution(Guid.CreateVersion7(at), order.Id, "SPY", Side.Buy, 1m, 10.5m, -10.5m, 1m, 1m, 0m, at)]);
    }

    private static string Text(AccountBook? book) => JsonSerializer.Serialize(book!.Snapshot(), JournalJson.Default.AccountSnapshot);

    private static AccountBook? Reopened(string folder)
    {
        var (journal, book) = FileJournal.Open(folder);
        journal.Dispose();
        return book;
    }

    private static void Write(string folder, params Commit[] commits)
    {
        var (journal, _) = FileJournal.Open(folder);
        using (journal)
        {
            foreach (var commit in commits)
            {
                journal.Write(commit);
            }
        }
    }

    [Fact]
    public void An_account_comes_back_as_it_was_however_often_it_is_opened()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(Reopened(folder.Path));
        Commit[] commits = [Opened, Filled(2), new Commit(3, Start.AddHours(1)), Filled(4)];
        Write(folder.Path, commits);
        var expected = new AccountBook();
        foreach (var commit in commits)
        {
            commit.ApplyTo(expected);
        }

        Assert.Equal(Text(expected), Text(Reopened(folder.Path)));
        Assert.Equal(Text(expected), Text(Reopened(folder.Path)));
        Assert.Equal((979m, 2m), (expected.Cash, expected.PositionIn("SPY")!.Quantity));
    }

    [Fact]
    public void A_last_line_that_was_cut_off_never_happened()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, Opened, Filled(2), Filled(3));
        var file = Path.Combine(folder.Path, "commits.jsonl");
        var bytes = File.ReadAllBytes(file);

        // Whatever the place of the cut, inside the third line.
        var second = Array.LastIndexOf(bytes, (byte)'\n', bytes.Length - 2);
        foreach (var cut in (int[])[second + 2, second + 40, bytes.Length - 2])
        {
            using var copy = new TemporaryFolder();
            File.WriteAllBytes(Path.Combine(copy.Path, "commits.jsonl"), bytes[..cut]);

            Assert.Equal((2, 1m), (Reopened(copy.Path)!.LastCommit, Reopened(copy.Path)!.PositionIn("SPY")!.Quantity));
        }
    }

    [Fact]
    public void Damage_in_the_middle_stops_the_start()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, Opened, Filled(2), Filled(3));
        var file = Path.Combine(folder.Path, "commits.jsonl");
        var lines = File.ReadAllLines(file);
        lines[1] = lines[1][..50];
        File.WriteAllLines(file, lines);

        Assert.Throws<InvalidDataException>(() => FileJournal.Open(folder.Path));
    }

    [Fact]
    public void A_damaged_snapshot_is_named()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, Opened, Filled(2));
        _ = Reopened(folder.Path);
        var file = Path.Combine(folder.Path, "account.json");
        File.WriteAllText(file, File.ReadAllText(file)[..50]);

        var damage = Assert.Throws<InvalidDataException>(() => FileJournal.Open(folder.Path));

        Assert.StartsWith($"{file} is damaged: ", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commits_that_the_snapshot_holds_are_not_applied_twice()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, Opened, Filled(2));
        var file = Path.Combine(folder.Path, "commits.jsonl");
        var lines = File.ReadAllText(file);
        _ = Reopened(folder.Path);

        // As if the process had been killed between the snapshot and the emptying of the journal.
        File.WriteAllText(file, lines);

        Assert.Equal(1m, Reopened(folder.Path)!.PositionIn("SPY")!.Quantity);
    }

    [Fact]
    public void A_long_journal_becomes_a_snapshot_and_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        var book = new AccountBook();
        var (journal, _) = FileJournal.Open(folder.Path, longest: 2_000);
        using (journal)
        {
            foreach (var commit in Enumerable.Range(2, 20).Select(number => Filled(number)).Prepend(Opened))
            {
                commit.ApplyTo(book);
                journal.Write(commit);
                if (journal.IsLong)
                {
                    journal.Compact(book);
                }
            }
        }

        Assert.InRange(new FileInfo(Path.Combine(folder.Path, "commits.jsonl")).Length, 0, 3_000);
        Assert.Equal(Text(book), Text(Reopened(folder.Path)));
    }

    [Fact]
    public void Two_exchanges_do_not_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        using var first = FileJournal.Open(folder.Path).Journal;

        Assert.Throws<IOException>(() => FileJournal.Open(folder.Path));
    }
}
