import type { Portfolio } from "../../api/types";
import { moneyText } from "../../lib/fmt";
import { MoneyText } from "../../ui/MoneyText";
import { Stat, Stats } from "../../ui/Stat";

export function PortfolioTiles({ portfolio }: { portfolio: Portfolio }) {
  return (
    <Stats label="Account">
      <Stat label="Equity" hint="Cash plus the market value of every position.">
        <MoneyText value={portfolio.equity} flash />
      </Stat>
      <Stat label="Day P/L" hint="Change of equity since the day began, UTC.">
        <MoneyText value={portfolio.dayChange} signed />
      </Stat>
      <Stat
        label="Open P/L"
        hint="What the positions would gain or lose if closed at their last price."
        note={
          <>
            Realised <MoneyText value={portfolio.realisedPnl} signed />
          </>
        }
      >
        <MoneyText value={portfolio.unrealisedPnl} signed />
      </Stat>
      <Stat label="Available" hint="Cash that is free to spend: cash less what open orders reserve and what short positions hold as margin.">
        <MoneyText value={portfolio.available} />
      </Stat>
      <Stat
        label="Cash"
        hint="Virtual US dollars in the account."
        note={
          <span className="sf-number" title="Set aside for open orders, which are listed below. Canceling one gives back what it set aside.">
            {moneyText(portfolio.reserved)} reserved
          </span>
        }
      >
        <MoneyText value={portfolio.cash} />
      </Stat>
    </Stats>
  );
}
