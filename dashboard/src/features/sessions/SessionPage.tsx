import { Alert } from "@mantine/core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { sessionCadence, sessionQuery, sessionSignals, sessionTrades } from "../../api/queries";
import type { Session } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { countText, durationText, nothing } from "../../lib/fmt";
import { languageText, sessionLook, stopPolicies } from "../../lib/status";
import { useNow } from "../../lib/useNow";
import { AgeText, Aging, useAge } from "../../ui/Aging";
import { LoadOlder } from "../../ui/LoadOlder";
import { MoneyText } from "../../ui/MoneyText";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { Stat, Stats } from "../../ui/Stat";
import { StatusPill } from "../../ui/StatusPill";
import { SessionOrders } from "../orders/OpenOrders";
import { SessionLog } from "./LogTail";
import { PositionText } from "./PositionText";
import { SessionChart } from "./SessionChart";
import { SessionFills } from "./SessionFills";
import { SessionNotesPanel } from "./SessionNotesPanel";
import { SessionParameters } from "./SessionParameters";
import { SessionPerformancePanel } from "./SessionPerformancePanel";
import { SignalTable } from "./SignalTable";
import { Steering } from "./Steering";
import classes from "./SessionPage.module.css";

/** One session: what it sees, what it wanted, what came of it, and what it says. */
export function SessionPage() {
  const { sessionId } = useParams({ from: "/signed-in/sessions/$sessionId" });
  const query = useQuery(sessionQuery(sessionId));
  const session = query.data;

  return session === undefined ? (
    <div>
      <PageHead title="Session" />
      <QueryPanel title="Session" query={query} rows={8}>
        {() => null}
      </QueryPanel>
    </div>
  ) : (
    <SessionBoard key={session.id} query={query} session={session} />
  );
}

function SessionBoard({ query, session }: { query: UseQueryResult<Session>; session: Session }) {
  const age = useAge(query);
  const cadence = sessionCadence(session.status);
  const signals = useCursorList({ ...sessionSignals(session.id), cadence });
  const trades = useCursorList({ ...sessionTrades(session.id), cadence });

  return (
    <div>
      <PageHead
        title={`${session.strategyName} on ${session.symbol}`}
        aside={
          <>
            <Aging age={age} inline>
              <StatusPill look={sessionLook(session.status)} />
            </Aging>
            <AgeText age={age} />
          </>
        }
        actions={<Steering session={session} />}
      />
      <Notice session={session} />
      <Aging age={age}>
        <Figures session={session} />
      </Aging>
      <SessionParameters session={session} />
      <div className="sf-grid">
        <SessionChart className="sf-8" session={session} trades={trades.query.data?.items ?? []} />
        <QueryPanel
          title="Fills"
          className="sf-4"
          query={trades.query}
          live={cadence !== undefined}
          isEmpty={({ items }) => items.length === 0}
          empty={<span>Nothing filled yet.</span>}
        >
          {({ items }) => (
            <>
              <SessionFills trades={items} />
              <LoadOlder {...trades.older} />
            </>
          )}
        </QueryPanel>
        {session.mode === "PAPER" ? <SessionOrders session={session} /> : null}
        <SessionPerformancePanel className="sf-8" session={session} />
        <SessionNotesPanel className="sf-4" session={session} />
        <QueryPanel
          title="Signals"
          className="sf-7"
          query={signals.query}
          live={cadence !== undefined}
          rows={8}
          isEmpty={({ items }) => items.length === 0}
          empty={<span>No signal yet. The strategy speaks up when its indicators are ready and its rule is met.</span>}
        >
          {({ items }) => (
            <>
              <SignalTable signals={items} />
              <LoadOlder {...signals.older} />
            </>
          )}
        </QueryPanel>
        <SessionLog className="sf-5" session={session} />
      </div>
    </div>
  );
}

/** What its owner has to know before anything else: why it failed, or why it does not trade. */
function Notice({ session }: { session: Session }) {
  if (session.failureCode !== null) {
    return (
      <Alert color="sell" mb="sm" title={`This session failed: ${session.failureCode}`}>
        <span className={classes.failure}>{session.failureDetail}</span>
        <div className="sf-dimmed">
          {policySays(session)} <Link to="/strategies/$strategyId" params={{ strategyId: session.strategyId }}>Look at the strategy</Link>
        </div>
      </Alert>
    );
  }

  const notice =
    session.status === "PAUSED" ? "Paused: bars go on feeding it, its signals are refused until you resume it."
    : session.status === "STOPPING" ? `Stopping. ${policySays(session)}`
    : session.tradingMode === "reduce_only" ? "Only signals that make its position smaller are taken."
    : session.tradingMode === "pause" ? "Its own switch is on pause: its signals are refused."
    : null;
  return notice === null ? null : <p className={classes.notice} role="status">{notice}</p>;
}

const policySays = ({ stopPolicy }: Session): string => stopPolicies.find(({ value }) => value === stopPolicy)?.says ?? "";

function Figures({ session }: { session: Session }) {
  const now = useNow(1_000);
  const { startedAt, endedAt } = session;
  const lasted = startedAt === null ? null : (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt);

  return (
    <Stats label="Session">
      <Stat label="Realised P/L" hint="What this session's closed trades gained or lost.">
        <MoneyText value={session.realisedPnl} signed flash />
      </Stat>
      <Stat label="Position" hint="Units this session holds and their average price.">
        <PositionText position={session.position} />
      </Stat>
      <Stat label="Bars handled" hint="Number of the newest bar whose signals were answered.">
        {session.processedSeq === null ? nothing : countText(session.processedSeq)}
      </Stat>
      <Stat label="Running for" hint="Since its worker loaded the strategy." note={session.mode === "OBSERVE" ? "records only" : undefined}>
        {lasted === null ? nothing : durationText(lasted)}
      </Stat>
      <Stat label="When it ends" hint="What becomes of its open orders and of what it holds when it ends.">
        {stopPolicies.find(({ value }) => value === session.stopPolicy)?.label}
      </Stat>
      <Stat label="Strategy" hint="The version is pinned: later edits leave this session alone." note={`version ${session.strategyVersion}`}>
        <Link to="/strategies/$strategyId" params={{ strategyId: session.strategyId }}>
          {languageText(session.language)}
        </Link>
      </Stat>
    </Stats>
  );
}
