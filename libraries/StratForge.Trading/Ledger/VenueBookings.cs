namespace StratForge.Trading.Ledger;

/// <summary>Splits what the venue booked in the shared account by itself: docs/venue-bookings.md is the policy, this is its text.</summary>
public static class VenueBookings
{
    /// <summary>Splits a fee over the fills that caused it, pro rata to the cent or the billionth, what is left to the largest remainders.</summary>
    /// <param name="amount">What came into the account: below zero for a fee, above for one that is given back.</param>
    /// <param name="isCash">In USD, whole cents; otherwise in units.</param>
    /// <param name="causes">Those who caused it, oldest fill first. None: the house bears it.</param>
    public static IReadOnlyList<AccountCharge> Fee(decimal amount, bool isCash, IReadOnlyList<ChargeBasis> causes)
    {
        ArgumentNullException.ThrowIfNull(causes);
        ChargeBasis[] bearers = [.. causes.Where(cause => cause.Weight > 0)];
        if (amount == 0)
        {
            return [];
        }

        // What the venue books more finely than we do can be nobody's but the house's.
        var whole = decimal.Truncate(amount * (isCash ? 100m : 1_000_000_000m)) / (isCash ? 100m : 1_000_000_000m);
        if (bearers.Length == 0 || whole == 0)
        {
            return [new AccountCharge(null, null, null, amount)];
        }

        decimal[] weights = [.. bearers.Select(bearer => bearer.Weight)];
        var parts = isCash ? ProRata.Cash(Math.Abs(whole), weights) : ProRata.FeeUnits(Math.Abs(whole), weights);
        var charges = bearers.Zip(parts, (bearer, part) => new AccountCharge(bearer.UserId, bearer.SessionId, bearer.Symbol, Math.Sign(whole) * part));
        return [.. charges.Append(new AccountCharge(null, null, null, amount - whole)).Where(charge => charge.Amount != 0)];
    }

    /// <summary>Splits a payment on units over those who held them, whole cents rounded towards zero; the rest is the house's, as is what belongs
    /// to units that no user held.</summary>
    /// <param name="amount">What came into the account, USD; below zero for what was paid on units owed, or withheld.</param>
    /// <param name="entitled">Units it was paid on, as the venue says; null when it does not.</param>
    /// <param name="holders">Users with what they held, below zero for what they owed.</param>
    public static IReadOnlyList<AccountCharge> Dividend(decimal amount, decimal? entitled, IReadOnlyList<ChargeBasis> holders)
    {
        ArgumentNullException.ThrowIfNull(holders);
        var held = holders.Sum(holder => holder.Weight);
        var units = Math.Abs(entitled ?? 0) >= Math.Abs(held) ? entitled!.Value : held;
        if (held == 0 || Math.Sign(units) != Math.Sign(held))
        {
            // Nobody's holdings explain it.
            return amount == 0 ? [] : [new AccountCharge(null, null, null, amount)];
        }

        AccountCharge[] shares =
        [
            .. holders.Select(holder => new AccountCharge(
                    holder.UserId, holder.SessionId, holder.Symbol, decimal.Round(amount * holder.Weight / units, 2, MidpointRounding.ToZero)))
                .Where(share => share.Amount != 0),
        ];
        var rest = amount - shares.Sum(share => share.Amount);
        return rest == 0 ? shares : [.. shares, new AccountCharge(null, null, null, rest)];
    }
}
