import { Alert, Button, Group, Modal, SegmentedControl, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { meQuery, sessionsQuery, webhooksQuery } from "../../api/queries";
import type { AlertRule, NewAlert } from "../../api/types";
import { useOnce } from "../../api/useOnce";
import { sessionLook } from "../../lib/status";
import { type Fields, faultsOf, fieldsOf, newAlertOf, patchOf, shownFor } from "./fields";
import { kindOf, kinds } from "./words";

const sessionsOffered = 100;

/** Makes an alert, or changes one. */
export function AlertForm({ alert, opened, onClose }: { alert: AlertRule | null; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={alert === null ? "New alert" : `Change ${alert.name}`} centered>
      {opened ? <Form key={alert?.id ?? "new"} alert={alert} onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ alert, onClose }: { alert: AlertRule | null; onClose: () => void }) {
  const cache = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const webhooks = useQuery(webhooksQuery);
  const sessions = useQuery(sessionsQuery(sessionsOffered));
  const form = useForm<Fields>({ initialValues: fieldsOf(alert), validate: faultsOf(alert === null) });
  const kind = kindOf(form.values.kind);
  const shown = shownFor(form.values);

  const make = useOnce((body: NewAlert, headers) => answered(gateway.POST("/api/alerts", { body, headers })));
  const save = useMutation({
    mutationFn: (fields: Fields) =>
      alert === null
        ? make(newAlertOf(fields))
        : answered(gateway.PATCH("/api/alerts/{id}", { params: { path: { id: alert.id } }, body: patchOf(fields, alert) })),
    onSuccess: async () => {
      onClose();
      await cache.invalidateQueries({ queryKey: ["alerts"] });
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  const toggleWebhook = (id: string, on: boolean): void =>
    form.setFieldValue("webhookIds", on ? [...form.values.webhookIds, id] : form.values.webhookIds.filter((other) => other !== id));

  return (
    <form onSubmit={form.onSubmit((fields) => save.mutate(fields))}>
      <Stack gap="sm">
        <TextInput label="Name" maxLength={100} data-autofocus {...form.getInputProps("name")} />
        <Select
          label="When"
          description={kind?.says}
          allowDeselect={false}
          disabled={alert !== null}
          data={kinds.filter(({ admin }) => admin !== true || me?.role === "admin").map(({ value, label }) => ({ value, label }))}
          {...form.getInputProps("kind")}
        />
        {shown.symbol ? (
          <TextInput
            label="Symbol"
            description="A stock like SPY, or a crypto pair like BTC/USD."
            disabled={alert !== null}
            {...form.getInputProps("symbol")}
          />
        ) : null}
        {shown.session ? (
          <Select
            label="Of"
            placeholder={form.values.kind === "session_failed" ? "All your sessions" : "The whole account"}
            clearable
            searchable
            disabled={alert !== null}
            data={sessions.data?.items.map(({ id, symbol, status }) => ({ value: id, label: `${symbol}, ${sessionLook(status).word}, ${id.slice(0, 8)}` })) ?? []}
            {...form.getInputProps("sessionId")}
          />
        ) : null}
        {shown.level ? (
          <Group grow align="flex-start" gap="sm">
            <TextInput label={kind?.level} inputMode="decimal" {...form.getInputProps("level")} />
            <TextInput
              label="Has to come back by"
              placeholder={alert === null ? "Chosen by the level" : undefined}
              title="How far the value has to come back before the alert can fire again."
              inputMode="decimal"
              {...form.getInputProps("hysteresis")}
            />
          </Group>
        ) : null}
        <div>
          <Text size="sm" fw={500} id="alert-rhythm">
            Tell me
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="alert-rhythm"
            data={[
              { value: "once", label: "Once" },
              { value: "every", label: "Every time" },
            ]}
            {...form.getInputProps("repeats")}
          />
        </div>
        {shown.coolDown ? (
          <TextInput label="Silent after it fired, seconds" inputMode="numeric" {...form.getInputProps("coolDownSeconds")} />
        ) : null}
        {webhooks.data === undefined || webhooks.data.items.length === 0 ? null : (
          <Stack gap={6} role="group" aria-label="Post to webhooks">
            <Text size="sm" fw={500}>
              Post to
            </Text>
            {webhooks.data.items.map(({ id, name }) => (
              <Switch
                key={id}
                size="sm"
                label={name}
                checked={form.values.webhookIds.includes(id)}
                onChange={({ currentTarget }) => toggleWebhook(id, currentTarget.checked)}
              />
            ))}
          </Stack>
        )}
        {save.error === null ? null : (
          <Alert role="alert" color="sell" p="xs">
            {save.error instanceof Problem ? save.error.message : "That failed. Try again."}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {alert === null ? "Make the alert" : "Save"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
