using FsCheck;
using FsCheck.Fluent;
using StratForge.Trading.Ledger;

namespace StratForge.Trading.Tests.Ledger;

public class VenueBookingsTests
{
    private static readonly Guid s_one = new("019a0000-0000-7000-8000-000000000001");
    private static readonly Guid s_two = new("019a0000-0000-7000-8000-000000000002");

    private static readonly Arbitrary<int[]> Weights = Gen.Choose(-500, 500).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void A_fee_is_split_over_those_whose_fills_caused_it() =>
        Assert.Equal(
            [Charge(s_one, -0.34m), Charge(s_two, -0.07m)],
            VenueBookings.Fee(-0.41m, isCash: true, [Basis(s_one, 500), Basis(s_two, 100)]));

    [Fact]
    public void A_fee_that_nobody_caused_is_the_houses() =>
        Assert.Equal([new AccountCharge(null, null, null, -0.41m)], VenueBookings.Fee(-0.41m, isCash: true, []));

    [Fact]
    public void A_fee_that_comes_back_goes_the_same_way() =>
        Assert.Equal(
            [Charge(s_one, 0.000_000_002m), Charge(s_two, 0.000_000_001m)],
            VenueBookings.Fee(0.000_000_003m, isCash: false, [Basis(s_one, 0.2m), Basis(s_two, 0.1m)]));

    [Fact]
    public void What_is_finer_than_the_books_is_the_houses() =>
        Assert.Equal(
            [Charge(s_one, -0.01m), new AccountCharge(null, null, null, -0.002m)], VenueBookings.Fee(-0.012m, isCash: true, [Basis(s_one, 1)]));

    [Fact]
    public void A_dividend_goes_to_holders_and_its_fractions_of_a_cent_to_the_house() =>
        Assert.Equal(
            [Charge(s_one, 2.00m), Charge(s_two, 6.01m), new AccountCharge(null, null, null, 0.01m)],
            VenueBookings.Dividend(8.02m, 40, [Basis(s_one, 10), Basis(s_two, 30)]));

    [Fact]
    public void Who_owes_units_pays_the_dividend_on_them() =>
        Assert.Equal(
            [Charge(s_one, 5m), Charge(s_two, -2m)],
            VenueBookings.Dividend(3m, 6, [Basis(s_one, 10), Basis(s_two, -4)]));

    [Fact]
    public void Units_that_no_user_held_are_paid_to_the_house() =>
        Assert.Equal(
            [Charge(s_one, 2.5m), new AccountCharge(null, null, null, 7.5m)], VenueBookings.Dividend(10m, 40, [Basis(s_one, 10)]));

    [Fact]
    public void A_dividend_that_nobodys_holdings_explain_is_the_houses() =>
        Assert.Equal([new AccountCharge(null, null, null, -3m)], VenueBookings.Dividend(-3m, -6, [Basis(s_one, 6)]));

    [Fact]
    public void The_parts_are_the_whole_whatever_is_held() =>
        Prop.ForAll(Gen.Choose(-100_000, 100_000).ToArbitrary(), Weights, (cents, weights) =>
        {
            var amount = cents / 100m;
            ChargeBasis[] basis = [.. weights.Select(weight => Basis(s_one, weight / 10m))];
            return VenueBookings.Fee(amount, isCash: true, basis).Sum(charge => charge.Amount) == amount
                && VenueBookings.Dividend(amount, null, basis).Sum(charge => charge.Amount) == amount;
        }).QuickCheckThrowOnFailure();

    private static ChargeBasis Basis(Guid user, decimal weight) => new(user, null, "SPY", weight);

    private static AccountCharge Charge(Guid user, decimal amount) => new(user, null, "SPY", amount);
}
