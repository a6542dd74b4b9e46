namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>What happened in schedules.</summary>
internal sealed record ScheduleCounts
{
    public long Steps { get; set; }

    public long Orders { get; set; }

    public long Signals { get; set; }

    public long Repeats { get; set; }

    public long BrokerOrders { get; set; }

    public long Fills { get; set; }

    public long Crosses { get; set; }

    public long Kills { get; set; }

    public long Breaks { get; set; }

    public long VenueFaults { get; set; }

    public long AccountRefusals { get; set; }

    public long Checks { get; set; }

    /// <summary>Adds another schedule's.</summary>
    public void Add(ScheduleCounts other)
    {
        Steps += other.Steps;
        Orders += other.Orders;
        Signals += other.Signals;
        Repeats += other.Repeats;
        BrokerOrders += other.BrokerOrders;
        Fills += other.Fills;
        Crosses += other.Crosses;
        Kills += other.Kills;
        Breaks += other.Breaks;
        VenueFaults += other.VenueFaults;
        AccountRefusals += other.AccountRefusals;
        Checks += other.Checks;
    }

    public override string ToString() =>
        $"steps={Steps} orders={Orders} signals={Signals} repeats={Repeats} broker_orders={BrokerOrders} fills={Fills} crosses={Crosses} "
        + $"kills={Kills} line_breaks={Breaks} venue_faults={VenueFaults} account_refusals_retried={AccountRefusals} checks={Checks}";
}
