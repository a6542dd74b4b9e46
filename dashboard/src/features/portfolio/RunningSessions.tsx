import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AppLink } from "../../ui/AppLink";
import { latestSignalsQuery, sessionsQuery } from "../../api/queries";
import type { Session, Signal } from "../../api/types";
import { quantityText } from "../../lib/fmt";
import { isMoving, languageText, reasonText, sessionLook, signalLook } from "../../lib/status";
import { useNow } from "../../lib/useNow";
import { MoneyText } from "../../ui/MoneyText";
import { QueryPanel } from "../../ui/Panel";
import { SideText } from "../../ui/SideText";
import { StatusPill } from "../../ui/StatusPill";
import { TimeText } from "../../ui/TimeText";
import classes from "./RunningSessions.module.css";

const sessionsRead = 50;
const signalsRead = 100;
const day = 86_400_000;

/** The sessions that trade now, each with the last thing its strategy wanted. */
export function RunningSessions({ className }: { className: string }) {
  const dayBefore = useNow(60_000) - day;
  const sessions = useQuery({
    ...sessionsQuery(sessionsRead),
    // One that failed lately has to be seen here, or nobody looks.
    select: ({ items }) => items.filter((session) => isMoving(session.status) || failedAfter(session, dayBefore)),
  });
  const signals = useQuery({ ...latestSignalsQuery(signalsRead), select: ({ items }) => newestBySession(items) });

  return (
    <QueryPanel
      title="Sessions"
      className={className}
      query={sessions}
      isEmpty={(items) => items.length === 0}
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
      {(items) => (
        <ul className={classes.list}>
          {items.map((session) => (
            <li key={session.id} className={classes.row}>
              <SessionLine session={session} signal={signals.data?.get(session.id)} />
            </li>
          ))}
        </ul>
      )}
    </QueryPanel>
  );
}

function SessionLine({ session, signal }: { session: Session; signal: Signal | undefined }) {
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
          <span className="sf-dimmed">{session.failureDetail ?? "No signal yet"}</span>
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

/** The list comes newest first, so the first of each session is its newest. */
function newestBySession(signals: readonly Signal[]): ReadonlyMap<string, Signal> {
  const newest = new Map<string, Signal>();
  for (const signal of signals) {
    if (!newest.has(signal.sessionId)) {
      newest.set(signal.sessionId, signal);
    }
  }

  return newest;
}
