import { Button, Group, Loader, Stack, Switch, Text, TextInput } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ParameterDescription, ValidationReport } from "../../api/types";
import { ErrorBox } from "../../ui/ErrorBox";
import { type Typed, boundsText, defaultOf, textOf } from "./parameters";

interface Props {
  examination: UseQueryResult<ValidationReport>;
  asked: boolean;
  onAsk: () => void;
  /** The strategy's own values, which stand before the declared ones. */
  own: unknown;
  typed: Typed;
  faultAt: (name: string) => string | undefined;
  onType: (name: string, value: string | boolean) => void;
}

/** What the strategy lets its user set. Only building it tells, which takes seconds: so it is asked for, and a session starts without as well. */
export function ParameterFields({ examination, asked, onAsk, ...fields }: Props) {
  const { data, error } = examination;
  if (!asked) {
    return (
      <Group>
        <Button size="compact-sm" variant="default" onClick={onAsk}>
          Set parameters
        </Button>
      </Group>
    );
  }

  if (data === undefined && error !== null) {
    return (
      <>
        <ErrorBox error={error} onRetry={() => void examination.refetch()} />
        <Text size="sm" c="dimmed">
          It can be started as it is, with its defaults.
        </Text>
      </>
    );
  }

  if (data === undefined) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        <Text size="sm" c="dimmed">
          It is built to see its parameters. It can be started with its defaults meanwhile.
        </Text>
      </Group>
    );
  }

  return data.parameters.length === 0 ? (
    <Text size="sm" c="dimmed">
      {data.ok ? "This strategy has no parameters." : "Its parameters can't be read: it can't run as it is saved. Validate it on its own page."}
    </Text>
  ) : (
    <Stack gap="sm" role="group" aria-label="Parameters">
      {data.parameters.map((parameter) => (
        <Field key={parameter.name} parameter={parameter} {...fields} />
      ))}
    </Stack>
  );
}

function Field({ parameter, own, typed, faultAt, onType }: { parameter: ParameterDescription } & Pick<Props, "own" | "typed" | "faultAt" | "onType">) {
  const { name, type, description } = parameter;
  const value = typed[name] ?? defaultOf(parameter, own);
  return type === "bool" ? (
    <Switch
      label={name}
      description={description}
      checked={value === true}
      onChange={({ currentTarget }) => onType(name, currentTarget.checked)}
    />
  ) : (
    <TextInput
      label={name}
      description={[description, boundsText(parameter)].filter(Boolean).join(" ")}
      inputMode={type === "string" ? undefined : "decimal"}
      value={textOf(value)}
      error={faultAt(name)}
      onChange={({ currentTarget }) => onType(name, currentTarget.value)}
    />
  );
}
