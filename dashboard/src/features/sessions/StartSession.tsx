import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { AppLink } from "../../ui/AppLink";
import { Choice } from "../../ui/Choice";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { strategiesQuery } from "../../api/queries";
import type { StartSessionRequest, StopPolicy } from "../../api/types";
import { useOnce } from "../../api/useOnce";
import { ParameterFields } from "./ParameterFields";
import { StopPolicies } from "./Steering";
import { type Typed, changedOf, faultOf } from "./parameters";
import { parametersQuery } from "./parametersQuery";

const strategiesOffered = 200;

interface Props {
  /** Undefined: closed. Empty: open, nothing chosen yet. */
  strategyId: string | undefined;
  /** An old version to run; undefined: the newest. */
  version?: number | undefined;
  onClose: () => void;
}

/** Starts a strategy on a symbol, with virtual money or as an observer. */
export function StartSession({ strategyId, version, onClose }: Props) {
  return (
    <Modal opened={strategyId !== undefined} onClose={onClose} title="Start a session" centered>
      {strategyId === undefined ? null : <StartForm strategyId={strategyId} version={version} onClose={onClose} />}
    </Modal>
  );
}

/** Crypto pairs are written with a slash: BTC/USD. */
const assetClassOf = (symbol: string): string => (symbol.includes("/") ? "crypto" : "stock");

function StartForm({ strategyId, version, onClose }: { strategyId: string; version: number | undefined; onClose: () => void }) {
  const strategies = useQuery(strategiesQuery(strategiesOffered));
  const cache = useQueryClient();
  const navigate = useNavigate();
  /** Whose parameters were asked for. */
  const [asked, setAsked] = useState<{ id: string; version: number | undefined } | null>(null);
  const examination = useQuery({ ...parametersQuery(asked?.id ?? "", asked?.version), enabled: asked !== null });
  const parameters = examination.data?.parameters ?? [];
  const form = useForm({
    initialValues: { strategyId, symbol: "", mode: "PAPER", stopPolicy: "cancel", parameters: {} as Typed },
    validate: (values) => ({
      strategyId: values.strategyId === "" ? "Choose a strategy." : null,
      symbol: values.symbol.trim() === "" ? "Write a symbol, like SPY or BTC/USD." : null,
      ...Object.fromEntries(parameters.map((parameter) => [`parameters.${parameter.name}`, faultOf(parameter, values.parameters[parameter.name])])),
    }),
  });

  const chosen = strategies.data?.items.find(({ id }) => id === form.values.strategyId);
  // A version belongs to its strategy; another one chosen here has its own.
  const pinned = form.values.strategyId === strategyId ? version : undefined;
  const chosenSymbol = chosen?.symbol;
  const { setFieldValue } = form;
  useEffect(() => {
    // The symbol the strategy was written for; another one may be typed over it.
    if (chosenSymbol !== undefined) {
      setFieldValue("symbol", chosenSymbol);
    }
    // The form's setter is new on every render; the symbol is what this follows.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [chosenSymbol]);

  const send = useOnce((body: StartSessionRequest, headers) => answered(gateway.POST("/api/sessions", { body, headers })));
  const start = useMutation({
    mutationFn: send,
    onSuccess: async ({ data }) => {
      await cache.invalidateQueries({ queryKey: ["sessions"] });
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: data.session.id } });
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  if (strategies.data?.items.length === 0) {
    return (
      <Text size="sm">
        A session runs a strategy, and you have none yet.{" "}
        <AppLink to="/strategies/$strategyId" params={{ strategyId: "new" }}>
          Write one
        </AppLink>
      </Text>
    );
  }

  return (
    <form
      onSubmit={form.onSubmit(({ symbol, parameters: typed, ...rest }) => {
        const trimmed = symbol.trim().toUpperCase();
        const changed = changedOf(parameters, typed, chosen?.parameters);
        start.mutate({
          ...rest,
          ...(pinned === undefined ? {} : { version: pinned }),
          ...(Object.keys(changed).length === 0 ? {} : { parameters: changed }),
          symbol: trimmed,
          type: assetClassOf(trimmed),
        } as StartSessionRequest);
      })}
    >
      <Stack gap="sm">
        <Select
          label="Strategy"
          placeholder={strategies.data === undefined ? "Loading" : "Choose one"}
          searchable
          data={strategies.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          {...form.getInputProps("strategyId")}
          onChange={(id) => {
            setAsked(null);
            form.setValues({ strategyId: id ?? "", parameters: {} });
          }}
        />
        <TextInput
          label="Symbol"
          description="A stock like SPY, or a crypto pair like BTC/USD."
          {...form.getInputProps("symbol")}
        />
        <Choice
          label="Signals"
          fullWidth
          data={[
            { value: "PAPER", label: "Trade with virtual money" },
            { value: "OBSERVE", label: "Record only" },
          ]}
          {...form.getInputProps("mode")}
        />
        <StopPolicies
          value={form.values.stopPolicy as StopPolicy}
          onChange={(policy) => form.setFieldValue("stopPolicy", policy)}
        />
        {form.values.strategyId === "" ? null : (
          <ParameterFields
            examination={examination}
            asked={asked !== null}
            onAsk={() => setAsked({ id: form.values.strategyId, version: pinned ?? chosen?.version })}
            own={chosen?.parameters}
            typed={form.values.parameters}
            faultAt={(name) => form.errors[`parameters.${name}`] as string | undefined}
            onType={(name, value) => form.setFieldValue(`parameters.${name}`, value)}
          />
        )}
        {pinned === undefined ? null : (
          <Text size="sm" c="dimmed">
            Runs version {pinned}, not the newest one.
          </Text>
        )}
        {start.error === null ? null : (
          <Alert role="alert" color="sell" p="xs">
            {start.error instanceof Problem ? start.error.message : "That failed. Try again."}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={start.isPending}>
            {chosen === undefined ? "Start" : `Start ${chosen.name}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
