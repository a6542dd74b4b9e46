import { Alert, Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlayerStop } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { answered, gateway } from "../../api/client";
import { sessionCadence, sessionLogs, sessionQuery, sessionSignals, sessionTrades } from "../../api/queries";
import type { Session } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { countText, durationText, nothing } from "../../lib/fmt";
import { isOpen, languageText, sessionLook } from "../../lib/status";
import { useNow } from "../../lib/useNow";
import { Confirm } from "../../ui/Confirm";
import { ErrorBox } from "../../ui/ErrorBox";
import { LoadOlder } from "../../ui/LoadOlder";
import { MoneyText } from "../../ui/MoneyText";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { Stat, Stats } from "../../ui/Stat";
import { StatusPill } from "../../ui/StatusPill";
import { LogTail } from "./LogTail";
import { PositionText } from "./PositionText";
import { SessionChart } from "./SessionChart";
import { SessionFills } from "./SessionFills";
import { SignalTable } from "./SignalTable";

/** One session: what it sees, what it wanted, what came of it, and what it says. */
export function SessionPage() {
  const { sessionId } = useParams({ from: "/signed-in/sessions/$sessionId" });
  const query = useQuery(sessionQuery(sessionId));
  const session = query.data;

  if (session === undefined) {
    return (
      <div>
        <PageHead title="Session" />
        {query.error === null ? null : <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      </div>
    );
  }

  return <SessionBoard key={session.id} session={session} />;
}

function SessionBoard({ session }: { session: Session }) {
  const cadence = sessionCadence(session.status);
  const signals = useCursorList({ ...sessionSignals(session.id), cadence });
  const trades = useCursorList({ ...sessionTrades(session.id), cadence });
  const logs = useCursorList({ ...sessionLogs(session.id), cadence });

  return (
    <div>
      <PageHead
        title={`${session.strategyName} on ${session.symbol}`}
        aside={<StatusPill look={sessionLook(session.status)} />}
        actions={isOpen(session.status) ? <StopSession session={session} /> : undefined}
      />
      {session.failureCode === null ? null : (
        <Alert color="sell" mb="sm" title={`This session failed: ${session.failureCode}`}>
          {session.failureDetail}
        </Alert>
      )}
      <Figures session={session} />
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
              <LoadOlder load={trades.loadOlder} busy={trades.loadingOlder} />
            </>
          )}
        </QueryPanel>
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
              <LoadOlder load={signals.loadOlder} busy={signals.loadingOlder} />
            </>
          )}
        </QueryPanel>
        <QueryPanel
          title="Log"
          className="sf-5"
          query={logs.query}
          live={cadence !== undefined}
          rows={8}
          isEmpty={({ items }) => items.length === 0}
          empty={<span>The strategy has written nothing. What it prints appears here.</span>}
        >
          {({ items }) => <LogTail lines={items} loadOlder={logs.loadOlder} />}
        </QueryPanel>
      </div>
    </div>
  );
}

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
      <Stat label="Strategy" hint="The version is pinned: later edits leave this session alone." note={`version ${session.strategyVersion}`}>
        <Link to="/strategies/$strategyId" params={{ strategyId: session.strategyId }}>
          {languageText(session.language)}
        </Link>
      </Stat>
    </Stats>
  );
}

function StopSession({ session }: { session: Session }) {
  const [opened, dialog] = useDisclosure(false);
  const cache = useQueryClient();
  const stop = useMutation({
    mutationFn: () => answered(gateway.POST("/api/sessions/{id}/stop", { params: { path: { id: session.id } } })),
    onSuccess: async () => {
      dialog.close();
      notifications.show({ message: `${session.strategyName} on ${session.symbol} is stopping.` });
      await cache.invalidateQueries({ queryKey: ["sessions"] });
    },
  });

  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => {
          stop.reset();
          dialog.open();
        }}
      >
        Stop
      </Button>
      <Confirm
        opened={opened}
        title={`Stop ${session.strategyName} on ${session.symbol}?`}
        action="Stop the session"
        busy={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={dialog.close}
      >
        The strategy gets no more bars. Orders it has open stay open until they fill, and what it holds stays in your portfolio. A
        stopped session can&apos;t go on; start a new one instead.
      </Confirm>
    </>
  );
}
