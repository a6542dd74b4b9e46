import { Anchor, Button, Group, Modal, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { strategyQuery, strategyVersions } from "../../api/queries";
import type { Strategy, StrategyVersion } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { AppLink } from "../../ui/AppLink";
import { type Column, DataTable } from "../../ui/DataTable";
import { ErrorBox } from "../../ui/ErrorBox";
import { LoadOlder } from "../../ui/LoadOlder";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";
import classes from "./VersionsPanel.module.css";

const path = (strategy: Strategy, version: number) => ({ params: { path: { id: strategy.id, version } } });

interface Props {
  strategy: Strategy;
  /** Unsaved changes would be lost: nothing is restored then. */
  dirty: boolean;
  onRestored: (strategy: Strategy) => void;
}

const versionColumns = (strategy: Strategy, show: (version: number) => void): readonly Column<StrategyVersion>[] => [
  {
    header: "Version",
    numeric: true,
    cell: ({ version }) => (
      <Anchor component="button" type="button" size="sm" onClick={() => show(version)} aria-label={`Show version ${version}`}>
        {version}
      </Anchor>
    ),
  },
  { header: "Saved (UTC)", cell: ({ createdAt }) => <TimeText at={createdAt} /> },
  { header: "Came from", wide: true, grow: true, cell: ({ restoredFrom }) => (restoredFrom === null ? "written" : `restored from version ${restoredFrom}`) },
  { header: "Hash", wide: true, hint: "SHA-256 over language and code", cell: ({ codeHash }) => <span className="sf-mono" title={codeHash}>{codeHash.slice(0, 12)}</span> },
  { header: "Sessions", numeric: true, hint: "Sessions that run it now", cell: ({ runningSessions }) => runningSessions },
  {
    header: "Start",
    cell: ({ version }) => (
      <AppLink to="/sessions" search={version === strategy.version ? { start: strategy.id } : { start: strategy.id, version }}>
        Start
      </AppLink>
    ),
  },
];

/** Every version that was saved. Running sessions keep theirs, whatever happens here. */
export function VersionsPanel({ strategy, dirty, onRestored }: Props) {
  const { query, older } = useCursorList(strategyVersions(strategy.id));
  const [shown, setShown] = useState<number>();
  const columns = useMemo(() => versionColumns(strategy, setShown), [strategy]);
  return (
    <>
      <div className="sf-gap" />
      <QueryPanel title="Versions" query={query} live={false} rows={3}>
        {({ items }) => (
          <>
            <DataTable label="Versions of the strategy" columns={columns} rows={items} rowKey={({ version }) => String(version)} maxHeight={320} />
            <LoadOlder {...older} />
          </>
        )}
      </QueryPanel>
      <Modal opened={shown !== undefined} onClose={() => setShown(undefined)} title={`Version ${shown ?? ""}`} size="xl" centered>
        {shown === undefined ? null : <OneVersion strategy={strategy} version={shown} dirty={dirty} onRestored={onRestored} onDone={() => setShown(undefined)} />}
      </Modal>
    </>
  );
}

function OneVersion({ strategy, version, dirty, onRestored, onDone }: Props & { version: number; onDone: () => void }) {
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: ["strategies", strategy.id, "versions", version],
    queryFn: ({ signal }) => answered(gateway.GET("/api/strategies/{id}/versions/{version}", { ...path(strategy, version), signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const restore = useMutation({
    mutationFn: () => answered(gateway.POST("/api/strategies/{id}/versions/{version}/restore", path(strategy, version))),
    onSuccess: async (restored) => {
      onDone();
      onRestored(restored);
      notifications.show({ message: `The code of version ${version} is the newest again, as version ${restored.version}.` });
      cache.setQueryData(strategyQuery(restored.id).queryKey, restored);
      await cache.invalidateQueries({ queryKey: ["strategies"] });
    },
  });
  const newest = query.data?.codeHash === strategy.codeHash;

  return (
    <>
      {query.error === null ? null : <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      {/* Scrollable by keyboard too, so it has to take the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={classes.code} tabIndex={0} aria-label={`Code of version ${version}`}>
        {query.data?.code}
      </pre>
      {restore.error === null ? null : (
        <Text size="sm" c="var(--sf-down)" role="alert">
          {restore.error instanceof Problem ? restore.error.message : "That failed. Try again."}
        </Text>
      )}
      <Group justify="flex-end" mt="sm" gap="xs">
        <Text size="xs" c="dimmed">
          {newest ? "This is the code of the newest version." : dirty ? "Save or undo what you changed first." : "It becomes the newest version; none is lost."}
        </Text>
        <Button disabled={newest || dirty || query.data === undefined} loading={restore.isPending} onClick={() => restore.mutate()}>
          Restore this version
        </Button>
      </Group>
    </>
  );
}
