import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { AppLink } from "../../ui/AppLink";
import { latestTradesQuery, portfolioQuery } from "../../api/queries";
import { EquityArea } from "../../charts/EquityArea";
import { AgeText, Aging, useAge } from "../../ui/Aging";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { NewOrder } from "../orders/NewOrder";
import { OpenOrders } from "../orders/OpenOrders";
import { LatestFills } from "./LatestFills";
import { PortfolioTiles } from "./PortfolioTiles";
import { Positions } from "./Positions";
import { PricesAsOf } from "./PricesAsOf";
import { RunningSessions } from "./RunningSessions";
import classes from "./PortfolioPage.module.css";

const fillsShown = 25;

/** Home: what the account is worth, what it holds, what trades for it, and what it did last. */
export function PortfolioPage() {
  const portfolio = useQuery(portfolioQuery);
  const trades = useQuery(latestTradesQuery(fillsShown));
  const age = useAge(portfolio);

  return (
    <div>
      <PageHead
        title="Portfolio"
        aside={
          portfolio.data === undefined ? null : (
            <>
              <PricesAsOf asOf={portfolio.data.asOf} readAt={portfolio.dataUpdatedAt} />
              <AgeText age={age} />
            </>
          )
        }
        actions={<NewOrder />}
      />
      {portfolio.data === undefined ? (
        // The panels below say what failed; the tiles only keep their place.
        <Skeleton height={92} animate={portfolio.error === null} aria-hidden />
      ) : (
        <Aging age={age}>
          <PortfolioTiles portfolio={portfolio.data} />
        </Aging>
      )}
      <div className="sf-grid">
        <QueryPanel
          title="Equity"
          className="sf-7"
          query={portfolio}
          rows={7}
          isEmpty={({ equityHistory }) => equityHistory.length < 2}
          empty={<span>Equity is sampled while the platform runs; the curve begins with the second sample.</span>}
        >
          {({ equityHistory }) => <EquityArea samples={equityHistory} />}
        </QueryPanel>
        <RunningSessions className="sf-5" />
        <QueryPanel
          title="Positions"
          className="sf-7"
          query={portfolio}
          isEmpty={({ positions }) => positions.length === 0}
          empty={
            <>
              <span>You hold nothing. A running session or an order of your own opens a position.</span>
              <AppLink to="/sessions" size="sm">
                Start a session
              </AppLink>
            </>
          }
        >
          {({ positions }) => <Positions positions={positions} />}
        </QueryPanel>
        <QueryPanel
          title="Latest fills"
          className={`sf-5 ${classes.fills}`}
          query={trades}
          rows={6}
          isEmpty={({ items }) => items.length === 0}
          empty={<span>Nothing was bought or sold yet. Fills appear here the moment they are booked.</span>}
        >
          {({ items }) => <LatestFills trades={items} />}
        </QueryPanel>
        <OpenOrders />
      </div>
    </div>
  );
}
