import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { apiKeysQuery } from "../../api/queries";
import type { ApiKey, ApiKeyWithKey } from "../../api/types";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataTable } from "../../ui/DataTable";
import { FormFault } from "../../ui/FormFault";
import { QueryPanel } from "../../ui/Panel";
import { SecretDialog } from "../../ui/SecretDialog";
import { TimeText } from "../../ui/TimeText";

const keyColumns = (revoke: (key: ApiKey) => void): readonly Column<ApiKey>[] => [
  {
    header: "Name",
    grow: true,
    cell: ({ name, prefix }) => (
      <>
        {name}
        <div className="sf-narrow sf-mono sf-dimmed">{prefix}…</div>
      </>
    ),
  },
  { header: "Begins with", wide: true, cell: ({ prefix }) => <span className="sf-mono">{prefix}…</span> },
  { header: "Made (UTC)", wide: true, cell: ({ createdAt }) => <TimeText at={createdAt} /> },
  {
    header: "Last used (UTC)",
    hint: "Give or take a minute",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? <span className="sf-dimmed">Never</span> : <TimeText at={lastUsedAt} />),
  },
  {
    header: "Do",
    cell: (key) => (
      <Button size="compact-xs" variant="default" aria-label={`Revoke ${key.name}`} onClick={() => revoke(key)}>
        Revoke
      </Button>
    ),
  },
];

/** Keys that the user's own programs show instead of signing in. */
export function ApiKeys() {
  const query = useQuery(apiKeysQuery);
  const [opened, form] = useDisclosure(false);
  const [made, setMade] = useState<ApiKeyWithKey | null>(null);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const columns = useMemo(() => keyColumns(setRevoked), []);

  return (
    <>
      <QueryPanel
        title="API keys"
        query={query}
        live={false}
        rows={2}
        actions={
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={form.open}>
            New key
          </Button>
        }
        isEmpty={({ items }) => items.length === 0}
        empty={<span>A key lets a program of yours do what you may do here, without your password. It does not expire: you revoke it.</span>}
      >
        {({ items }) => <DataTable label="API keys" columns={columns} rows={items} rowKey={({ id }) => id} />}
      </QueryPanel>
      <Modal opened={opened} onClose={form.close} title="New API key" centered>
        {opened ? <NewKey onClose={form.close} onMade={setMade} /> : null}
      </Modal>
      <SecretDialog secret={made?.key ?? null} title={`API key of ${made?.apiKey.name ?? ""}`} onClose={() => setMade(null)}>
        Your program sends it as <span className="sf-mono">Authorization: Bearer …</span>. Whoever has it can trade for you. It is shown this once: copy it now.
      </SecretDialog>
      <Revoke apiKey={revoked} onClose={() => setRevoked(null)} />
    </>
  );
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (made: ApiKeyWithKey) => void }) {
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { name: "" },
    validate: { name: (value) => (value.trim() === "" ? "Name the program that it is for." : null) },
  });
  const make = useMutation({
    mutationFn: (name: string) => answered(gateway.POST("/api/users/me/api-keys", { body: { name } })),
    onSuccess: async (made) => {
      onClose();
      onMade(made);
      await cache.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  return (
    <form onSubmit={form.onSubmit(({ name }) => make.mutate(name.trim()))}>
      <Stack gap="sm">
        <TextInput label="Name" description="The program that it is for." maxLength={100} data-autofocus {...form.getInputProps("name")} />
        <FormFault error={make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }) {
  const cache = useQueryClient();
  const revoke = useMutation({
    mutationFn: ({ id }: ApiKey) => answered(gateway.DELETE("/api/users/me/api-keys/{id}", { params: { path: { id } } })),
    onSuccess: async () => {
      onClose();
      await cache.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
    },
  });
  return (
    <Confirm
      opened={apiKey !== null}
      title={`Revoke ${apiKey?.name ?? ""}?`}
      action="Revoke the key"
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => apiKey !== null && revoke.mutate(apiKey)}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      The program that shows it is refused from now on, and its live streams end. This can&apos;t be taken back.
    </Confirm>
  );
}
