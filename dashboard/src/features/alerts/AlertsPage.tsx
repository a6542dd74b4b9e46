import { ActionIcon, Anchor, Button, Menu, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBellOff, IconDots, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { answered, gateway } from "../../api/client";
import { alertFirings, allAlerts, meQuery } from "../../api/queries";
import type { AlertFiring, AlertPatch, AlertRule } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { noteSeen } from "../../lib/seenAlerts";
import { alertLook } from "../../lib/status";
import { useIsVisible } from "../../lib/useIsVisible";
import { slowlyStaleAfter } from "../../live/cadence";
import { Confirm } from "../../ui/Confirm";
import { complain } from "../../ui/complain";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { StatusPill } from "../../ui/StatusPill";
import { TimeText } from "../../ui/TimeText";
import { AlertForm } from "./AlertForm";
import classes from "./AlertsPage.module.css";
import { DeadLetters } from "./DeadLetters";
import { Webhooks } from "./Webhooks";
import { conditionText, rhythmText } from "./words";

const firingColumns: readonly Column<AlertFiring>[] = [
  { header: "Fired (UTC)", cell: ({ firedAt }) => <TimeText at={firedAt} /> },
  { header: "Alert", wide: true, cell: ({ name }) => name },
  {
    header: "What happened",
    grow: true,
    cell: ({ message, isMuted, isTest }) => (
      <>
        {message}
        {isMuted ? <span className="sf-dimmed"> Muted.</span> : null}
        {isTest ? <span className="sf-dimmed"> Test.</span> : null}
      </>
    ),
  },
];

const alertColumns = (show: (alert: AlertRule) => void, change: (alert: AlertRule) => void): readonly Column<AlertRule>[] => [
  {
    header: "Name",
    grow: true,
    cell: (alert) => (
      <>
        <Anchor component="button" type="button" size="sm" onClick={() => show(alert)} title="Shows its history">
          {alert.name}
        </Anchor>
        {alert.muted ? <IconBellOff size={14} role="img" aria-label="muted" className={classes.muted} /> : null}
        <div className="sf-narrow sf-dimmed">{conditionText(alert)}</div>
      </>
    ),
  },
  { header: "When", wide: true, cell: (alert) => conditionText(alert) },
  { header: "Tells", wide: true, cell: (alert) => rhythmText(alert) },
  { header: "State", cell: ({ state }) => <StatusPill look={alertLook(state)} /> },
  { header: "Fired", numeric: true, wide: true, hint: "How often, tests included", cell: ({ firings }) => firings },
  { header: "Last (UTC)", wide: true, cell: ({ lastFiredAt }) => <TimeText at={lastFiredAt} /> },
  { header: "Do", cell: (alert) => <AlertMenu alert={alert} onChange={() => change(alert)} /> },
];

/** What the user wants to be told of, and what was told. */
export function AlertsPage() {
  const alerts = useCursorList(allAlerts);
  const [edited, setEdited] = useState<AlertRule | null>(null);
  const [opened, form] = useDisclosure(false);
  const [shown, setShown] = useState<AlertRule | null>(null);
  const columns = useMemo(
    () =>
      alertColumns(setShown, (alert) => {
        setEdited(alert);
        form.open();
      }),
    [form],
  );

  return (
    <div>
      <PageHead
        title="Alerts"
        actions={
          <Button
            size="compact-md"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => {
              setEdited(null);
              form.open();
            }}
          >
            New alert
          </Button>
        }
      />
      <QueryPanel
        title="Your alerts"
        query={alerts.query}
        staleAfter={slowlyStaleAfter}
        rows={4}
        isEmpty={({ items }) => items.length === 0}
        empty={<span>An alert tells you when a price, a gain or loss, or the state of a session gets to where you want to know of it.</span>}
      >
        {({ items }) => <DataTable label="Alerts" columns={columns} rows={items} rowKey={({ id }) => id} />}
      </QueryPanel>
      <div className="sf-gap" />
      <AllFirings />
      <div className="sf-gap" />
      <Webhooks />
      <DeadLetters />
      <AlertForm alert={edited} opened={opened} onClose={form.close} />
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={`History of ${shown?.name ?? ""}`} size="lg" centered>
        {shown === null ? null : <Firings id={shown.id} title="What it told" />}
      </Modal>
    </div>
  );
}

/** Everything that was told; what is on the screen, and in sight, counts as seen. */
function AllFirings() {
  const { data: me } = useQuery(meQuery);
  const { data } = useCursorList(alertFirings(null)).query;
  const newest = data?.items[0]?.firedAt;
  const userId = me?.id;
  const isVisible = useIsVisible();
  useEffect(() => {
    if (isVisible && userId !== undefined && newest !== undefined) {
      noteSeen(userId, newest);
    }
  }, [isVisible, userId, newest]);
  return <Firings id={null} title="History" />;
}

function Firings({ id, title }: { id: string | null; title: string }) {
  const { query, older } = useCursorList(alertFirings(id));
  return (
    <QueryPanel
      title={title}
      query={query}
      staleAfter={slowlyStaleAfter}
      rows={4}
      isEmpty={({ items }) => items.length === 0}
      empty={<span>Nothing was told yet.</span>}
    >
      {({ items }) => (
        <>
          <DataTable label={title} columns={firingColumns} rows={items} rowKey={(firing) => firing.id} maxHeight={420} />
          <LoadOlder {...older} />
        </>
      )}
    </QueryPanel>
  );
}

function AlertMenu({ alert, onChange }: { alert: AlertRule; onChange: () => void }) {
  const cache = useQueryClient();
  const [asking, question] = useDisclosure(false);
  const path = { params: { path: { id: alert.id } } };
  const renew = () => cache.invalidateQueries({ queryKey: ["alerts"] });
  const patch = useMutation({
    mutationFn: (body: AlertPatch) => answered(gateway.PATCH("/api/alerts/{id}", { ...path, body })),
    onSuccess: renew,
    onError: complain,
  });
  const test = useMutation({
    mutationFn: () => answered(gateway.POST("/api/alerts/{id}/test", path)),
    onSuccess: renew,
    onError: complain,
  });
  const remove = useMutation({
    mutationFn: () => answered(gateway.DELETE("/api/alerts/{id}", path)),
    onSuccess: async () => {
      question.close();
      await renew();
    },
  });

  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`What to do with ${alert.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onChange}>Change</Menu.Item>
          <Menu.Item onClick={() => test.mutate()}>Test it now</Menu.Item>
          <Menu.Item onClick={() => patch.mutate({ muted: !alert.muted })}>{alert.muted ? "Unmute" : "Mute"}</Menu.Item>
          <Menu.Item onClick={() => patch.mutate({ enabled: !alert.enabled })}>{alert.enabled ? "Switch off" : "Switch on"}</Menu.Item>
          <Menu.Item
            onClick={() => {
              remove.reset();
              question.open();
            }}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asking}
        title={`Delete ${alert.name}?`}
        action="Delete the alert"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={question.close}
      >
        It tells nothing any more. What it told stays in your history.
      </Confirm>
    </>
  );
}
