import { Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { allSessions, openSessions } from "../../api/queries";
import type { Session } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { languageText, sessionLook } from "../../lib/status";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { MoneyText } from "../../ui/MoneyText";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { StatusPill } from "../../ui/StatusPill";
import { TimeText } from "../../ui/TimeText";
import { PositionText } from "./PositionText";
import { StartSession } from "./StartSession";

const columns: readonly Column<Session>[] = [
  {
    header: "Strategy",
    grow: true,
    cell: ({ id, strategyName }) => (
      <Link to="/sessions/$sessionId" params={{ sessionId: id }}>
        {strategyName}
      </Link>
    ),
  },
  { header: "Symbol", cell: ({ symbol }) => symbol },
  { header: "State", cell: ({ status }) => <StatusPill look={sessionLook(status)} /> },
  { header: "Language", wide: true, cell: ({ language }) => languageText(language) },
  { header: "Version", wide: true, numeric: true, cell: ({ strategyVersion }) => strategyVersion },
  { header: "Position", wide: true, numeric: true, cell: (session) => <PositionText position={session.position} /> },
  { header: "Realised", numeric: true, hint: "Realised profit or loss", cell: ({ realisedPnl }) => <MoneyText value={realisedPnl} signed /> },
  { header: "Started (UTC)", wide: true, cell: ({ startedAt }) => <TimeText at={startedAt} /> },
  { header: "Ended (UTC)", wide: true, cell: ({ endedAt }) => <TimeText at={endedAt} /> },
];

export function SessionsPage() {
  const { start, version } = useSearch({ from: "/signed-in/sessions" });
  const navigate = useNavigate({ from: "/sessions" });
  const [shown, setShown] = useState("open");
  const { query, older } = useCursorList(shown === "open" ? openSessions : allSessions);
  const dialog = (strategyId: string | undefined) =>
    void navigate({ search: strategyId === undefined ? {} : { start: strategyId } });

  return (
    <div>
      <PageHead
        title="Sessions"
        actions={
          <Button size="compact-md" leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => dialog("")}>
            Start a session
          </Button>
        }
      />
      <QueryPanel
        title={shown === "open" ? "Open sessions" : "All sessions"}
        query={query}
        rows={6}
        actions={
          <SegmentedControl
            size="xs"
            value={shown}
            onChange={setShown}
            aria-label="Which sessions"
            data={[
              { value: "open", label: "Open" },
              { value: "all", label: "All" },
            ]}
          />
        }
        isEmpty={({ items }) => items.length === 0}
        empty={
          <span>
            {shown === "open" ? "No session runs now. Start one, or look at all to see the ended ones." : "You have not started a session yet."}
          </span>
        }
      >
        {({ items }) => (
          <>
            <DataTable label="Sessions" columns={columns} rows={items} rowKey={({ id }) => id} />
            <LoadOlder {...older} />
          </>
        )}
      </QueryPanel>
      <StartSession strategyId={start} version={version} onClose={() => dialog(undefined)} />
    </div>
  );
}
