using StratForge.Trading.Fees;

namespace StratForge.Trading.Tests.Fees;

public sealed class CryptoFeeTests
{
    [Theory]
    [InlineData("0.1", "0.00025")]
    [InlineData("0.000000001", "0.000000001")]
    [InlineData("0.123456789", "0.000308642")]
    [InlineData("0.1234", "0.0003085")]
    public void A_buy_pays_a_quarter_percent_of_its_units_rounded_up(string bought, string fee) =>
        Assert.Equal(decimal.Parse(fee), CryptoFee.OfBuy(decimal.Parse(bought)));

    [Theory]
    [InlineData("4000", "10")]
    [InlineData("4987.5", "12.47")]
    [InlineData("0.01", "0.01")]
    [InlineData("0", "0")]
    public void A_sale_pays_a_quarter_percent_of_its_proceeds_rounded_up_to_the_cent(string proceeds, string fee) =>
        Assert.Equal(decimal.Parse(fee), CryptoFee.OfSale(decimal.Parse(proceeds)));

    [Theory]
    [InlineData("3", "0.115", "0.35")]
    [InlineData("1", "0.125", "0.13")]
    [InlineData("0.333333333", "300", "100")]
    public void Cash_moves_in_whole_cents_half_of_one_away_from_zero(string quantity, string price, string cash) =>
        Assert.Equal(decimal.Parse(cash), ExecutionCash.Of(decimal.Parse(quantity), decimal.Parse(price)));
}
