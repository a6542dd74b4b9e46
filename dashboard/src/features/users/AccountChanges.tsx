import { accountChanges } from "../../api/queries";
import type { AccountChange } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { slowlyStaleAfter } from "../../live/cadence";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";
import { changeText } from "./words";

const columns: readonly Column<AccountChange>[] = [
  { header: "When (UTC)", cell: ({ at }) => <TimeText at={at} /> },
  {
    header: "What",
    grow: true,
    cell: (change) => (
      <>
        <b>{change.actorName}</b> {changeText(change)}
      </>
    ),
  },
];

/** Who did what to whose account. */
export function AccountChanges() {
  const { query, older } = useCursorList(accountChanges);
  return (
    <QueryPanel
      title="What was done"
      query={query}
      staleAfter={slowlyStaleAfter}
      rows={3}
      isEmpty={({ items }) => items.length === 0}
      empty={<span>Nothing yet: whoever opens, locks or unlocks an account, or makes a password link, is written down here.</span>}
    >
      {({ items }) => (
        <>
          <DataTable label="What was done" columns={columns} rows={items} rowKey={({ id }) => String(id)} maxHeight={360} />
          <LoadOlder {...older} />
        </>
      )}
    </QueryPanel>
  );
}
