import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { deadLetters } from "../../api/queries";
import type { AlertDelivery } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { nothing } from "../../lib/fmt";
import { slowlyStaleAfter } from "../../live/cadence";
import { complain } from "../../ui/complain";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";

const columns: readonly Column<AlertDelivery>[] = [
  { header: "Fired (UTC)", cell: ({ createdAt }) => <TimeText at={createdAt} /> },
  { header: "Alert", wide: true, cell: ({ alertName }) => alertName ?? nothing },
  { header: "Webhook", wide: true, cell: ({ webhookName }) => webhookName },
  { header: "Attempts", numeric: true, wide: true, cell: ({ attempts }) => attempts },
  {
    header: "Why",
    grow: true,
    cell: ({ lastError, lastAnswer }) => (
      <>
        {lastError}
        {lastAnswer === null ? null : <div className="sf-dimmed sf-mono">{lastAnswer}</div>}
      </>
    ),
  },
  { header: "Do", cell: ({ id }) => <Retry id={id} /> },
];

/** Posts that were given up. The panel is there only when there are any. */
export function DeadLetters() {
  const { query, older } = useCursorList(deadLetters);
  if (query.data === undefined || query.data.items.length === 0) {
    return null;
  }

  return (
    <>
      <div className="sf-gap" />
      <QueryPanel title="Posts that nobody took" query={query} staleAfter={slowlyStaleAfter}>
        {({ items }) => (
          <>
            <DataTable label="Posts that nobody took" columns={columns} rows={items} rowKey={({ id }) => id} maxHeight={320} />
            <LoadOlder {...older} />
          </>
        )}
      </QueryPanel>
    </>
  );
}

function Retry({ id }: { id: string }) {
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: () => answered(gateway.POST("/api/alerts/deliveries/{id}/retry", { params: { path: { id } } })),
    onSuccess: () => cache.resetQueries({ queryKey: deadLetters.key }),
    onError: complain,
  });
  return (
    <Button size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
      Send again
    </Button>
  );
}
