import { useQuery } from "@tanstack/react-query";
import { sessionPerformance } from "../../api/queries";
import type { Session, SessionPerformance } from "../../api/types";
import { EquityArea } from "../../charts/EquityArea";
import { countText, nothing, percentText, quantityText } from "../../lib/fmt";
import { MoneyText } from "../../ui/MoneyText";
import { QueryPanel } from "../../ui/Panel";
import { Stat, Stats } from "../../ui/Stat";
import { PositionText } from "./PositionText";
import classes from "./SessionPerformancePanel.module.css";

/** What the session came to so far, and what its recorded signals would have come to, kept well apart. */
export function SessionPerformancePanel({ session, className }: { session: Session; className: string }) {
  const query = useQuery(sessionPerformance(session.id, session.status));
  return (
    <QueryPanel title="Performance" className={className} query={query} rows={5} live={false}>
      {(performance) => (
        <>
          {session.mode === "OBSERVE" ? null : <Traded performance={performance} />}
          {performance.hypothetical === null ? (
            session.mode === "OBSERVE" ? <p className={classes.note}>No signal was recorded yet.</p> : null
          ) : (
            <Hypothetical hypothetical={performance.hypothetical} />
          )}
        </>
      )}
    </QueryPanel>
  );
}

function Traded({ performance }: { performance: SessionPerformance }) {
  const { pnl } = performance;
  return (
    <div className={classes.figures}>
      <Stats label="Performance">
        <Stat
          label="Net P/L"
          hint="Realised and unrealised together, after fees."
          note={performance.fees.length === 0 ? undefined : `fees ${performance.fees.map(({ asset, amount }) => `${quantityText(amount)} ${asset}`).join(", ")}`}
        >
          <MoneyText value={performance.netPnl} signed />
        </Stat>
        <Stat label="Unrealised" hint="What closing what it holds at the last prices would earn.">
          <MoneyText value={performance.unrealisedPnl} signed />
        </Stat>
        <Stat label="Win rate" hint="Closings with a profit among all closings." note={`${countText(performance.closings)} closings`}>
          {performance.winRate === null ? nothing : percentText(performance.winRate)}
        </Stat>
        <Stat label="Profit factor" hint="Sum of the wins over the sum of the losses.">
          {performance.profitFactor === null ? nothing : performance.profitFactor.toFixed(2)}
        </Stat>
        <Stat label="Max drawdown" hint="The deepest fall of its profit below its highest so far.">
          <MoneyText value={performance.maxDrawdown} />
        </Stat>
      </Stats>
      {pnl.length < 2 ? null : (
        <EquityArea samples={pnl.map(({ at, pnl: equity }) => ({ at, equity }))} name="Profit of this session" />
      )}
    </div>
  );
}

function Hypothetical({ hypothetical }: { hypothetical: NonNullable<SessionPerformance["hypothetical"]> }) {
  return (
    <section className={classes.hypothetical} aria-label="Hypothetical">
      <p className={classes.note}>
        <strong>Hypothetical, not money.</strong> What signals that were only recorded would have come to, each filled by the bar after it, without fees.
      </p>
      <Stats label="Hypothetical performance">
        <Stat label="Net P/L" hint="Realised and unrealised together.">
          <MoneyText value={hypothetical.netPnl} signed />
        </Stat>
        <Stat label="Realised" hint="What closings would have earned.">
          <MoneyText value={hypothetical.realisedPnl} signed />
        </Stat>
        <Stat label="Position" hint="What would be held.">
          <PositionText position={hypothetical.position} />
        </Stat>
        <Stat
          label="Fills"
          hint="Signals that would have filled."
          note={`${countText(hypothetical.unfilled)} not reached, ${countText(hypothetical.waiting)} waiting`}
        >
          {countText(hypothetical.fills)}
        </Stat>
        <Stat label="Win rate" hint="Wins among closings with a profit or a loss.">
          {hypothetical.winRate === null ? nothing : percentText(hypothetical.winRate)}
        </Stat>
        <Stat label="Max drawdown" hint="The deepest fall of the realised profit below its highest so far.">
          <MoneyText value={hypothetical.maxDrawdown} />
        </Stat>
      </Stats>
    </section>
  );
}
