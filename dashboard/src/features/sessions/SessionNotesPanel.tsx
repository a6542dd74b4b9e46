import { useQuery } from "@tanstack/react-query";
import { sessionNotes } from "../../api/queries";
import type { PlotValue, Session } from "../../api/types";
import { type Column, DataTable } from "../../ui/DataTable";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";
import classes from "./SessionNotesPanel.module.css";

const columns: readonly Column<PlotValue>[] = [
  { header: "Line", grow: true, cell: ({ name }) => name },
  { header: "Value", numeric: true, cell: ({ value }) => <span className="sf-number">{Number(value.toPrecision(10))}</span> },
  { header: "Time (UTC)", wide: true, hint: "On the market's clock", cell: ({ at }) => <TimeText at={at} /> },
];

/** What the strategy shows of itself: its lines' newest values, and what it keeps across restarts. */
export function SessionNotesPanel({ session, className }: { session: Session; className: string }) {
  const query = useQuery(sessionNotes(session.id, session.status));
  return (
    <QueryPanel
      title="Notes"
      className={className}
      query={query}
      rows={3}
      live={false}
      isEmpty={({ plots, state }) => plots.length === 0 && state === null}
      empty={<span>The strategy plots nothing and keeps nothing. What it plots, and its state, appear here.</span>}
    >
      {({ plots, state }) => (
        <>
          {plots.length === 0 ? null : (
            <DataTable label="Lines of the strategy" columns={columns} rows={plots} rowKey={({ name }) => name} maxHeight={220} />
          )}
          {state === null ? null : (
            // Scrollable by keyboard too, so it has to take the focus.
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            <pre className={classes.state} tabIndex={0} aria-label="What the strategy keeps">
              {JSON.stringify(state, null, 2)}
            </pre>
          )}
        </>
      )}
    </QueryPanel>
  );
}
