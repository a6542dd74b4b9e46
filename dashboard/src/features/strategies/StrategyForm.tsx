import { Alert, Button, SegmentedControl, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconDeviceFloppy, IconListCheck, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useRef, useState } from "react";
import { AppLink } from "../../ui/AppLink";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { strategyQuery } from "../../api/queries";
import type { Strategy, StrategyRequest, ValidationReport } from "../../api/types";
import type { EditorHandle, LineMark } from "../../editor/CodeEditor";
import { Confirm } from "../../ui/Confirm";
import { PageHead } from "../../ui/PageHead";
import { Panel } from "../../ui/Panel";
import classes from "./StrategyForm.module.css";
import { ValidationPanel } from "./ValidationPanel";
import { VersionsPanel } from "./VersionsPanel";
import { templates } from "./templates";

// The editor grows into something large; it loads apart from the form from the beginning.
const CodeEditor = lazy(() => import("../../editor/CodeEditor"));

interface Fields {
  name: string;
  language: string;
  symbol: string;
  code: string;
}

const required = (what: string) => (value: string) => (value.trim() === "" ? what : null);

/** Reads and edits a strategy. Each save that changes the code is a new version; running sessions keep theirs. */
export function StrategyForm({ strategy }: { strategy: Strategy | null }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leaving = useRef(false);
  const form = useForm<Fields>({
    initialValues: {
      name: strategy?.name ?? "",
      language: strategy?.language ?? "csharp",
      symbol: strategy?.symbol ?? "SPY",
      code: strategy?.code ?? templates["csharp"] ?? "",
    },
    validate: {
      name: required("Give it a name."),
      symbol: required("Write a symbol, like SPY or BTC/USD."),
      code: required("A strategy needs code."),
    },
  });

  useBlocker({
    shouldBlockFn: () =>
      !leaving.current && form.isDirty() && !globalThis.confirm("Leave without saving? What you changed here is lost."),
    enableBeforeUnload: () => !leaving.current && form.isDirty(),
  });

  const save = useMutation({
    mutationFn: (body: StrategyRequest) =>
      strategy === null
        ? answered(gateway.POST("/api/strategies", { body }))
        : answered(gateway.PUT("/api/strategies/{id}", { params: { path: { id: strategy.id } }, body })),
    onSuccess: async (saved) => {
      cache.setQueryData(strategyQuery(saved.id).queryKey, saved);
      await cache.invalidateQueries({ queryKey: ["strategies"] });
      form.resetDirty();
      notifications.show({ message: `${saved.name} is saved as version ${saved.version}.` });
      if (strategy === null) {
        leaving.current = true;
        await navigate({ to: "/strategies/$strategyId", params: { strategyId: saved.id } });
      }
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  const editor = useRef<EditorHandle>(null);
  const waiting = useRef<AbortController>(null);
  const [examined, setExamined] = useState("");
  const examination = useMutation<ValidationReport, Error>({
    mutationFn: () => {
      const { code, language, symbol } = form.getValues();
      const body = { code, symbol: symbol.trim().toUpperCase() };
      setExamined(code);
      waiting.current = new AbortController();
      const { signal } = waiting.current;
      return answered(
        strategy === null
          ? gateway.POST("/api/strategies/validate", { body: { ...body, language }, signal })
          : gateway.POST("/api/strategies/{id}/validate", { params: { path: { id: strategy.id } }, body, signal }),
      );
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  // Given up by its author: that is no error to show.
  const cancel = (): void => {
    waiting.current?.abort();
    examination.reset();
  };

  const goTo = useCallback((line: number, column: number | null) => editor.current?.goTo(line, column), []);
  const outdated = examined !== form.values.code;
  const marks = outdated ? [] : marksOf(examination.data);

  const setLanguage = (language: string): void => {
    // Code somebody wrote is never replaced by a template.
    if (form.values.code === templates[form.values.language]) {
      form.setFieldValue("code", templates[language] ?? "");
    }

    form.setFieldValue("language", language);
  };

  return (
    <form
      onSubmit={form.onSubmit(({ name, symbol, ...rest }) =>
        save.mutate({ ...rest, name: name.trim(), symbol: symbol.trim().toUpperCase() } as StrategyRequest),
      )}
    >
      <PageHead
        title={strategy?.name ?? "New strategy"}
        aside={strategy === null ? undefined : <span className="sf-dimmed">version {strategy.version}</span>}
        actions={
          <>
            {strategy === null ? null : <DeleteStrategy strategy={strategy} onDeleted={() => (leaving.current = true)} />}
            {strategy === null ? null : (
              <AppLink to="/sessions" search={{ start: strategy.id }} size="sm">
                Start a session
              </AppLink>
            )}
            {strategy === null ? null : <Toggle strategy={strategy} />}
            <Button
              size="compact-md"
              variant="default"
              loading={examination.isPending}
              leftSection={<IconListCheck size={16} aria-hidden />}
              title="Builds it and runs it on a trial market, without saving it."
              onClick={() => examination.mutate()}
            >
              Validate
            </Button>
            <Button
              size="compact-md"
              type="submit"
              loading={save.isPending}
              disabled={strategy !== null && !form.isDirty()}
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
            >
              Save
            </Button>
          </>
        }
      />
      {save.error === null ? null : (
        <Alert role="alert" color="sell" p="xs" mb="sm">
          {save.error instanceof Problem ? save.error.message : "That failed. Try again."}
        </Alert>
      )}
      <Panel title="Settings" padded>
        <div className={classes.settings}>
          <TextInput label="Name" maxLength={100} {...form.getInputProps("name")} />
          <TextInput label="Symbol" description="What its sessions trade unless told otherwise" {...form.getInputProps("symbol")} />
          <div>
            <Text size="sm" fw={500} id="strategy-language">
              Language
            </Text>
            <SegmentedControl
              aria-labelledby="strategy-language"
              data={[
                { value: "csharp", label: "C#" },
                { value: "python", label: "Python" },
              ]}
              value={form.values.language}
              onChange={setLanguage}
              disabled={strategy !== null}
            />
          </div>
        </div>
      </Panel>
      <ValidationPanel
        examination={examination}
        onCancel={cancel}
        outdated={outdated}
        goTo={goTo}
      />
      <div className="sf-gap" />
      <Panel title="Code">
        <Suspense fallback={<div className={classes.waiting} role="status" aria-label="Loading the editor" />}>
          <CodeEditor
            label="Code of the strategy"
            value={form.values.code}
            onChange={(code) => form.setFieldValue("code", code)}
            onSave={() => form.onSubmit((fields) => save.mutate(fields as StrategyRequest))()}
            marks={marks}
            handle={editor}
          />
        </Suspense>
        {form.errors["code"] === undefined ? null : (
          <Text size="sm" c="var(--sf-down)" p="xs" role="alert">
            {form.errors["code"]}
          </Text>
        )}
      </Panel>
      {strategy === null ? null : <VersionsPanel
          strategy={strategy}
          dirty={form.isDirty()}
          onRestored={({ code, language }) => {
            const values = { ...form.getValues(), code, language };
            form.setValues(values);
            form.resetDirty(values);
          }}
        />}
    </form>
  );
}

const marksOf = (report: ValidationReport | undefined): LineMark[] =>
  (report?.problems ?? []).flatMap(({ line, severity, message }) =>
    line === null ? [] : [{ line, tone: severity === "error" || severity === "warning" ? severity : "info", text: message }],
  );

/** Whether sessions may be started with it; those that run go on. */
function Toggle({ strategy }: { strategy: Strategy }) {
  const cache = useQueryClient();
  const toggle = useMutation({
    mutationFn: () =>
      answered(gateway.PATCH("/api/strategies/{id}/toggle", { params: { path: { id: strategy.id } }, body: { enabled: !strategy.enabled } })),
    onSuccess: async (changed) => {
      cache.setQueryData(strategyQuery(changed.id).queryKey, changed);
      notifications.show({ message: changed.enabled ? "Sessions may be started with it again." : "It starts no session any more; those that run go on." });
      await cache.invalidateQueries({ queryKey: ["strategies"] });
    },
    onError: (error) => notifications.show({ color: "sell", message: error instanceof Problem ? error.message : "That failed. Try again." }),
  });

  return (
    <Switch
      size="sm"
      label="Enabled"
      checked={strategy.enabled}
      disabled={toggle.isPending}
      onChange={() => toggle.mutate()}
      title="Whether sessions may be started with it."
    />
  );
}

function DeleteStrategy({ strategy, onDeleted }: { strategy: Strategy; onDeleted: () => void }) {
  const [opened, dialog] = useDisclosure(false);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => answered(gateway.DELETE("/api/strategies/{id}", { params: { path: { id: strategy.id } } })),
    onSuccess: async () => {
      onDeleted();
      await navigate({ to: "/strategies" });
      await cache.invalidateQueries({ queryKey: ["strategies"] });
    },
  });

  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => {
          remove.reset();
          dialog.open();
        }}
      >
        Delete
      </Button>
      <Confirm
        opened={opened}
        title={`Delete ${strategy.name}?`}
        action="Delete the strategy"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={dialog.close}
      >
        It can&apos;t be started any more. What its sessions traded stays in your history. While one of them runs, it is not deleted.
      </Confirm>
    </>
  );
}
