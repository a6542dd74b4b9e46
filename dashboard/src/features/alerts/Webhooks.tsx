import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { webhooksQuery } from "../../api/queries";
import type { Webhook, WebhookWithSecret } from "../../api/types";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataTable } from "../../ui/DataTable";
import { FormFault } from "../../ui/FormFault";
import { QueryPanel } from "../../ui/Panel";
import { SecretDialog } from "../../ui/SecretDialog";
import classes from "./Webhooks.module.css";

type Question = { about: "delete" | "secret"; webhook: Webhook };

const webhookColumns = (ask: (question: Question) => void): readonly Column<Webhook>[] => [
  { header: "Name", cell: ({ name }) => name },
  { header: "Address", grow: true, cell: ({ url }) => <span className={`sf-mono ${classes.url}`}>{url}</span> },
  {
    header: "Do",
    cell: (webhook) => (
      <div className={classes.actions}>
        <Button size="compact-xs" variant="default" onClick={() => ask({ about: "secret", webhook })}>
          New secret
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => ask({ about: "delete", webhook })}>
          Delete
        </Button>
      </div>
    ),
  },
];

/** Programs of the user's own that alerts are posted to. */
export function Webhooks() {
  const query = useQuery(webhooksQuery);
  const [opened, form] = useDisclosure(false);
  const [secret, setSecret] = useState<WebhookWithSecret | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const columns = useMemo(() => webhookColumns(setQuestion), []);

  return (
    <>
      <QueryPanel
        title="Webhooks"
        query={query}
        live={false}
        rows={2}
        actions={
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={form.open}>
            New webhook
          </Button>
        }
        isEmpty={({ items }) => items.length === 0}
        empty={<span>A webhook is an address of a program of yours. Alerts that name it are posted there, signed.</span>}
      >
        {({ items }) => <DataTable label="Webhooks" columns={columns} rows={items} rowKey={({ id }) => id} />}
      </QueryPanel>
      <Modal opened={opened} onClose={form.close} title="New webhook" centered>
        {opened ? <NewWebhook onClose={form.close} onMade={setSecret} /> : null}
      </Modal>
      <SecretDialog secret={secret?.secret ?? null} title={`Secret of ${secret?.webhook.name ?? ""}`} onClose={() => setSecret(null)}>
        Your program checks the signature of each post with it. It is shown this once: copy it now.
      </SecretDialog>
      <Questions question={question} onClose={() => setQuestion(null)} onSecret={setSecret} />
    </>
  );
}

function NewWebhook({ onClose, onMade }: { onClose: () => void; onMade: (made: WebhookWithSecret) => void }) {
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { name: "", url: "" },
    validate: {
      name: (value) => (value.trim() === "" ? "Give it a name." : null),
      url: (value) => (/^https?:\/\/./.test(value.trim()) ? null : "Write an address that begins with https:// or http://."),
    },
  });
  const make = useMutation({
    mutationFn: ({ name, url }: { name: string; url: string }) =>
      answered(gateway.POST("/api/alerts/webhooks", { body: { name: name.trim(), url: url.trim() } })),
    onSuccess: async (made) => {
      onClose();
      onMade(made);
      await cache.invalidateQueries({ queryKey: webhooksQuery.queryKey });
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  return (
    <form onSubmit={form.onSubmit((fields) => make.mutate(fields))}>
      <Stack gap="sm">
        <TextInput label="Name" maxLength={100} data-autofocus {...form.getInputProps("name")} />
        <TextInput label="Address" placeholder="https://example.org/alerts" {...form.getInputProps("url")} />
        <FormFault error={make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Make the webhook
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Questions({ question, onClose, onSecret }: { question: Question | null; onClose: () => void; onSecret: (renewed: WebhookWithSecret) => void }) {
  const cache = useQueryClient();
  const act = useMutation({
    mutationFn: async ({ about, webhook }: Question) => {
      const path = { params: { path: { id: webhook.id } } };
      if (about === "secret") {
        onSecret(await answered(gateway.POST("/api/alerts/webhooks/{id}/secret", path)));
      } else {
        await answered(gateway.DELETE("/api/alerts/webhooks/{id}", path));
      }
    },
    onSuccess: async () => {
      onClose();
      await cache.invalidateQueries({ queryKey: ["alerts"] });
    },
  });
  const isDeletion = question?.about === "delete";
  const name = question?.webhook.name ?? "";
  return (
    <Confirm
      opened={question !== null}
      title={isDeletion ? `Delete ${name}?` : `A new secret for ${name}?`}
      action={isDeletion ? "Delete the webhook" : "Make a new secret"}
      busy={act.isPending}
      error={act.error}
      onConfirm={() => question !== null && act.mutate(question)}
      onClose={() => {
        act.reset();
        onClose();
      }}
    >
      {isDeletion
        ? "Alerts are not posted there any more, and what still waits for it is dropped."
        : "The old one signs nothing any more: your program refuses posts until it has the new one."}
    </Confirm>
  );
}
