using System.Text.Json;
using StratForge.SimulatedExchange.Accounts;

namespace StratForge.SimulatedExchange.Persistence;

/// <summary>Keeps commits where a killed process finds them again.</summary>
internal interface IJournal : IDisposable
{
    /// <summary>Returns when the commit is with the operating system: a killed process does not lose it, a power cut may.</summary>
    void Write(Commit commit);

    /// <summary>Whether it is time for <see cref="Compact"/>.</summary>
    bool IsLong { get; }

    /// <summary>Keeps the account as it is now in place of the commits that made it so.</summary>
    void Compact(AccountBook book);
}

/// <summary>The journal of an exchange that forgets.</summary>
internal sealed class NoJournal : IJournal
{
    public bool IsLong => false;

    public void Write(Commit commit)
    {
    }

    public void Compact(AccountBook book)
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>A folder with a snapshot and the commits since. Starting compacts them into a new snapshot.</summary>
internal sealed class FileJournal : IJournal
{
    private const string SnapshotName = "account.json";
    private const string JournalName = "commits.jsonl";

    // About a hundred thousand orders, read in a second at the next start.
    private const long LongestJournal = 64L << 20;

    private readonly string _directory;
    private readonly FileStream _file;
    private readonly long _longest;
    private readonly MemoryStream _line = new();
    private readonly Utf8JsonWriter _writer;

    private FileJournal(string directory, FileStream file, long longest)
    {
        (_directory, _file, _longest) = (directory, file, longest);
        _writer = new Utf8JsonWriter(_line);
    }

    public bool IsLong => _file.Length > _longest;

    /// <summary>Opens the folder, reads what it holds, and compacts it.</summary>
    /// <param name="directory">Created when absent. Used by one process at a time.</param>
    /// <param name="longest">Bytes after which the journal asks to be compacted. Default 64 MB.</param>
    /// <returns>The journal to write to, and the account, or null when there was none.</returns>
    /// <exception cref="IOException">The folder cannot be used, for example because another exchange runs on it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to somebody else.</exception>
    /// <exception cref="InvalidDataException">The snapshot, or a line before the last, is damaged: going on would forget trades.</exception>
    public static (FileJournal Journal, AccountBook? Book) Open(string directory, long longest = LongestJournal)
    {
        Directory.CreateDirectory(directory);
        var journalPath = Path.Combine(directory, JournalName);
        var file = new FileStream(journalPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            var book = ReadSnapshot(Path.Combine(directory, SnapshotName));
            book = Replay(file, book);
            if (book is not null)
            {
                WriteSnapshot(directory, book);
            }

            // Commits that the snapshot holds are skipped by number, so a kill between these two lines does no harm.
            file.SetLength(0);
            return (new FileJournal(directory, file, longest), book);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Write(Commit commit)
    {
        _line.SetLength(0);
        JsonSerializer.Serialize(_writer, commit, JournalJson.Default.Commit);
        _writer.Reset();
        _line.WriteByte((byte)'\n');
        _file.Write(_line.GetBuffer().AsSpan(0, (int)_line.Length));
    }

    public void Compact(AccountBook book)
    {
        WriteSnapshot(_directory, book);
        _file.SetLength(0);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _line.Dispose();
        _file.Dispose();
    }

    private static AccountBook? ReadSnapshot(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        try
        {
            var snapshot = JsonSerializer.Deserialize(file, JournalJson.Default.AccountSnapshot)
                ?? throw new InvalidDataException($"{path} holds no account.");
            return AccountBook.From(snapshot);
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} is damaged: {damage.Message}", damage);
        }
    }

    private static AccountBook? Replay(FileStream file, AccountBook? book)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        for (var line = reader.ReadLine(); line is not null;)
        {
            var next = reader.ReadLine();
            Commit? commit;
            try
            {
                commit = JsonSerializer.Deserialize(line, JournalJson.Default.Commit);
            }
            catch (JsonException) when (next is null)
            {
                break; // The process was killed while it wrote; nobody was told of this commit.
            }
            catch (JsonException damage)
            {
                throw new InvalidDataException($"{file.Name} is damaged: {damage.Message}", damage);
            }

            if (commit is not null && commit.Number > (book?.LastCommit ?? 0))
            {
                book ??= new AccountBook();
                commit.ApplyTo(book);
            }

            line = next;
        }

        return book;
    }

    private static void WriteSnapshot(string directory, AccountBook book)
    {
        var path = Path.Combine(directory, SnapshotName);
        var draft = path + ".new";
        using (var file = File.Create(draft))
        {
            JsonSerializer.Serialize(file, book.Snapshot(), JournalJson.Default.AccountSnapshot);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
