using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Tests.Sessions;

public sealed class SessionJournalTests : IClassFixture<Platform>, IAsyncLifetime
{
    private static readonly string Hash = new('a', 64);
    private readonly Platform _platform;
    private readonly EventLoop _loop;
    private readonly SessionJournal _journal;
    private readonly ConcurrentQueue<Exception> _surprises = new();

    public SessionJournalTests(Platform platform)
    {
        _platform = platform;
        _loop = new EventLoop(TimeProvider.System, _surprises.Enqueue);
        _journal = new SessionJournal(_loop, platform.Database.DataSource, TimeProvider.System, NullLogger<SessionJournal>.Instance);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _loop.Dispose();
        await _platform.ForgetSessionsAsync();
        Assert.Empty(_surprises);
    }

    [Fact]
    public async Task What_the_database_refuses_of_one_session_does_not_hold_up_the_others()
    {
        var (good, badNotes, bad) = (await AnyAsync(), await AnyAsync(), await AnyAsync());
        badNotes.Note = badNotes.Note! with { Kept = Kept("\"\\u0000\"") };
        bad.Note = bad.Note! with { RunHash = "\0" };
        await MoveAsync(bad, badNotes, good);

        await _journal.FlushAsync(CancellationToken.None);
        await MoveAsync(good.Again(8), badNotes.Again(9));
        await _journal.FlushAsync(CancellationToken.None);

        Assert.Equal((8, "1"), await StoredAsync(good));
        Assert.Equal((9, "1"), await StoredAsync(badNotes));
        Assert.Equal((0, ""), await StoredAsync(bad));
        Assert.Equal((true, false, false), await _loop.AskAsync(() => (bad.IsRefused, badNotes.IsRefused, good.IsRefused)));
    }

    [Fact]
    public async Task A_line_of_the_log_is_written_whatever_stands_in_it()
    {
        var source = await AnyAsync();

        _journal.Log(source.Session.Id, "error", "a\0b\ud800");
        await _journal.FlushAsync(CancellationToken.None);

        Assert.Equal(
            "a\\u0000b\ufffd", await _platform.Database.ValueAsync<string>("select message from session_logs where session_id = $1", source.Session.Id));
    }

    private Task<bool> MoveAsync(params Source[] sources) => _loop.AskAsync(() =>
    {
        Array.ForEach(sources, _journal.Moved);
        return true;
    });

    private async Task<(long Seq, string State)> StoredAsync(Source source) => (
        await _platform.Database.ValueAsync<long>("select coalesce(processed_seq, 0) from sessions where id = $1", source.Session.Id),
        await _platform.Database.ValueAsync<string>("select coalesce(state_metadata ->> 'state', '') from sessions where id = $1", source.Session.Id) ?? "");

    private async Task<Source> AnyAsync()
    {
        var id = await _platform.StartSessionAsync(_platform.NewSymbol(), "python", "pass");
        return new Source(new ClaimedSession(
            id, Platform.NewId(), Platform.NewId(), "SPY", AssetClass.Stock, SessionMode.Paper, false, new Dictionary<string, JsonElement>(), 1, 0,
            HostKind.Python, "", false, Platform.Opening));
    }

    private static Dictionary<string, string> Kept(string json) => new(StringComparer.Ordinal) { ["state"] = json };

    private sealed class Source(ClaimedSession session) : IProgressSource
    {
        public ClaimedSession Session { get; } = session;

        public ProgressNote? Note { get; set; } = new(session, 7, 0, 0, 0, [], null, [], Hash, Kept("1"));

        public bool IsRefused { get; private set; }

        public Source Again(long seq)
        {
            Note = new ProgressNote(Session, seq, 0, 0, 0, [], null, [], Hash, Kept("1"));
            return this;
        }

        public ProgressNote? TakeNote()
        {
            var note = Note;
            Note = null;
            return note;
        }

        public void OnUnstorable(string why) => IsRefused = true;
    }
}
