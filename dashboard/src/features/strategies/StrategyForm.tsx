import { Alert, Button, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { IconDeviceFloppy, IconListCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useRef } from "react";
import { AppLink } from "../../ui/AppLink";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { strategyQuery } from "../../api/queries";
import type { Strategy, StrategyRequest } from "../../api/types";
import type { EditorHandle } from "../../editor/CodeEditor";
import { PageHead } from "../../ui/PageHead";
import { Panel } from "../../ui/Panel";
import { DeleteStrategy } from "./DeleteStrategy";
import classes from "./StrategyForm.module.css";
import { Toggle } from "./Toggle";
import { ValidationPanel } from "./ValidationPanel";
import { VersionsPanel } from "./VersionsPanel";
import { type Fields, faults, fieldsOf } from "./fields";
import { templates } from "./templates";
import { useExamination } from "./useExamination";

// The editor grows into something large; it loads apart from the form from the beginning.
const CodeEditor = lazy(() => import("../../editor/CodeEditor"));

/** Reads and edits a strategy. Each save that changes the code is a new version; running sessions keep theirs. */
export function StrategyForm({ strategy }: { strategy: Strategy | null }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leaving = useRef(false);
  const form = useForm<Fields>({
    initialValues: fieldsOf(strategy),
    validate: faults,
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
  const { examination, cancel, outdated, marks } = useExamination(strategy, form);
  const goTo = useCallback((line: number, column: number | null) => editor.current?.goTo(line, column), []);

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
