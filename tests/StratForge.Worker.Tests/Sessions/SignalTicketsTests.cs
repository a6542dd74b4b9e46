using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class SignalTicketsTests
{
    private static readonly Guid Session = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);

    [Fact]
    public void An_order_finds_the_number_of_its_signal_among_those_of_the_session()
    {
        var tickets = new SignalTickets(Session);
        tickets.Give(SessionEventKind.Bar, 7, 2);
        tickets.Give(SessionEventKind.Order, 7, 1);

        Assert.Equal(1, tickets.Take(OrderOf(SessionEventKind.Bar, 7, 0)));
        Assert.Equal(2, tickets.Take(OrderOf(SessionEventKind.Bar, 7, 1)));
        Assert.Equal(3, tickets.Take(OrderOf(SessionEventKind.Order, 7, 0)));
        Assert.Null(tickets.Take(OrderOf(SessionEventKind.Bar, 8, 0)));
    }

    [Fact]
    public void The_oldest_of_ten_thousand_is_forgotten()
    {
        var tickets = new SignalTickets(Session);
        for (var seq = 1; seq <= 10_001; seq++)
        {
            tickets.Give(SessionEventKind.Bar, seq, 1);
        }

        Assert.Null(tickets.Take(OrderOf(SessionEventKind.Bar, 1, 0)));
        Assert.Equal(10_001, tickets.Take(OrderOf(SessionEventKind.Bar, 10_001, 0)));
    }

    private static OrderEvent OrderOf(SessionEventKind kind, long seq, int ordinal) => new(
        Guid.CreateVersion7(DateTimeOffset.UnixEpoch), SignalIds.Derive(Session, kind, seq, ordinal), "SPY", Side.Buy, "accepted", 1, 0, null, null, null,
        new PositionView(0, 0), 0);
}
