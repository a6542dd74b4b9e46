import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { AppLink } from "../../ui/AppLink";
import { allStrategies } from "../../api/queries";
import type { StrategySummary } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { languageText } from "../../lib/status";
import { slowlyStaleAfter } from "../../live/cadence";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";

const columns: readonly Column<StrategySummary>[] = [
  {
    header: "Name",
    grow: true,
    cell: ({ id, name }) => (
      <Link to="/strategies/$strategyId" params={{ strategyId: id }}>
        {name}
      </Link>
    ),
  },
  { header: "Language", cell: ({ language }) => languageText(language) },
  { header: "Symbol", cell: ({ symbol }) => symbol },
  { header: "Version", numeric: true, wide: true, cell: ({ version }) => version },
  { header: "Sessions", numeric: true, wide: true, hint: "Sessions that run it now", cell: ({ runningSessions }) => runningSessions },
  { header: "Changed (UTC)", wide: true, cell: ({ updatedAt }) => <TimeText at={updatedAt} /> },
  {
    header: "Start",
    cell: ({ id }) => (
      <AppLink to="/sessions" search={{ start: id }}>
        Start a session
      </AppLink>
    ),
  },
];

export function StrategiesPage() {
  const { query, older } = useCursorList(allStrategies);

  return (
    <div>
      <PageHead
        title="Strategies"
        actions={
          <Button
            size="compact-md"
            leftSection={<IconPlus size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/strategies/$strategyId" params={{ strategyId: "new" }} {...props} />}
          >
            New strategy
          </Button>
        }
      />
      <QueryPanel
        title="Your strategies"
        query={query}
        staleAfter={slowlyStaleAfter}
        rows={6}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <>
            <span>A strategy is a class in C# or Python that answers each bar with a signal, or with none.</span>
            <AppLink to="/strategies/$strategyId" params={{ strategyId: "new" }} size="sm">
              Write the first one
            </AppLink>
          </>
        }
      >
        {({ items }) => (
          <>
            <DataTable label="Strategies" columns={columns} rows={items} rowKey={({ id }) => id} />
            <LoadOlder {...older} />
          </>
        )}
      </QueryPanel>
    </div>
  );
}
