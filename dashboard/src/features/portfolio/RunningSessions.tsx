import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AppLink } from "../../ui/AppLink";
import { failedSessionsQuery, latestSignalsQuery, openSessions } from "../../api/queries";
import type { Page, Session, Signal } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { quantityText } from "../../lib/fmt";
import { languageText, reasonText, sessionLook, signalLook } from "../../lib/status";
import { useNow } from "../../lib/useNow";
import { MoneyText } from "../../ui/MoneyText";
import { QueryPanel } from "../../ui/Panel";
import { SideText } from "../../ui/SideText";
import { StatusPill } from "../../ui/StatusPill";
import { TimeText } from "../../ui/TimeText";
import classes from "./RunningSessions.module.css";

const signalsRead = 100;
const day = 86_400_000;

/** The sessions that trade now, each with the last thing its strategy wanted. */
export function RunningSessions({ className }: { className: string }) {
  const dayBefore = useNow(60_000) - day;
  const { query: open } = useCursorList(openSessions);
  // One that failed lately has to be seen here, or nobody looks.
  const failed = useQuery({ ...failedSessionsQuery, select: ({ items }) => items.filter((session) => failedAfter(session, dayBefore)) }).data ?? [];
  const signals = useQuery({ ...latestSignalsQuery(signalsRead), select: lastSignals });

  return (
    <QueryPanel
      title="Sessions"
      className={className}
      query={open}
      isEmpty={({ items }) => items.length + failed.length === 0}
      empty={
        <>
          <span>No session runs. Start one from a strategy and it trades on every bar.</span>
          <AppLink to="/sessions" size="sm">
            Start a session
          </AppLink>
        </>
      }
      actions={
        <AppLink to="/sessions" size="sm">
          All sessions
        </AppLink>
      }
    >
      {({ items }) => (
        <ul className={classes.list}>
          {/* One that fails this moment may be in both lists. */}
          {[...failed, ...items.filter(({ id }) => failed.every((session) => session.id !== id))].map((session) => (
            <li key={session.id} className={classes.row}>
              <SessionLine session={session} signals={signals.data} />
            </li>
          ))}
        </ul>
      )}
    </QueryPanel>
  );
}

function SessionLine({ session, signals }: { session: Session; signals: LastSignals | undefined }) {
  const signal = signals?.bySession.get(session.id);
  return (
    <>
      <div className={classes.name}>
        <Link to="/sessions/$sessionId" params={{ sessionId: session.id }}>
          {session.strategyName}
        </Link>{" "}
        <span className="sf-dimmed">
          {session.symbol} · {languageText(session.language)}
        </span>
      </div>
      <div className={classes.state}>
        <StatusPill look={sessionLook(session.status)} />
      </div>
      <div className={classes.signal}>
        {signal === undefined ? (
          <span className="sf-dimmed">{session.failureDetail ?? (signals?.areAll ? "No signal yet" : null)}</span>
        ) : (
          <>
            <SideText action={signal.action} /> {quantityText(signal.quantity)}
            <span className="sf-dimmed">
              {" "}
              {signalLook(signal.status).word.toLowerCase()}
              {signal.status === "REJECTED" ? `: ${reasonText(signal.code, signal.detail)}` : null}
              {" · "}
            </span>
            <span className="sf-dimmed">
              <TimeText at={signal.generatedAt} />
            </span>
          </>
        )}
      </div>
      <div className={classes.result} title="Realised profit or loss of this session">
        <MoneyText value={session.realisedPnl} signed />
      </div>
    </>
  );
}

const failedAfter = ({ status, endedAt }: Session, instant: number): boolean =>
  status === "FAILED" && endedAt !== null && Date.parse(endedAt) > instant;

interface LastSignals {
  bySession: ReadonlyMap<string, Signal>;
  /** Whether no signal is older than those read: only then has a session without one wanted nothing so far. */
  areAll: boolean;
}

/** The list comes newest first, so the first of each session is its newest. */
function lastSignals({ items, nextCursor }: Page<Signal>): LastSignals {
  const bySession = new Map<string, Signal>();
  for (const signal of items) {
    if (!bySession.has(signal.sessionId)) {
      bySession.set(signal.sessionId, signal);
    }
  }

  return { bySession, areAll: nextCursor === null };
}
