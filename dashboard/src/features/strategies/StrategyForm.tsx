import { Alert, Button, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconDeviceFloppy, IconListCheck } from "@tabler/icons-react";
import { useBlocker } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useRef } from "react";
import { AppLink } from "../../ui/AppLink";
import { Problem } from "../../api/problem";
import type { Strategy } from "../../api/types";
import type { EditorHandle } from "../../editor/CodeEditor";
import { Choice } from "../../ui/Choice";
import { PageHead } from "../../ui/PageHead";
import { Panel } from "../../ui/Panel";
import { DeleteStrategy } from "./DeleteStrategy";
import { DraftOffer } from "./DraftOffer";
import { Overtaken } from "./Overtaken";
import classes from "./StrategyForm.module.css";
import { Toggle } from "./Toggle";
import { ValidationPanel } from "./ValidationPanel";
import { VersionsPanel } from "./VersionsPanel";
import { type Fields, faults, fieldsOf } from "./fields";
import { templates } from "./templates";
import { useExamination } from "./useExamination";
import { useSaving } from "./useSaving";

// The editor grows into something large; it loads apart from the form from the beginning.
const CodeEditor = lazy(() => import("../../editor/CodeEditor"));

interface Props {
  /** As it is saved now; null: a new one. */
  strategy: Strategy | null;
  onMade: (saved: Strategy) => void;
}

/** Reads and edits a strategy. Each save that changes the code is a new version; running sessions keep theirs. */
export function StrategyForm({ strategy, onMade }: Props) {
  const form = useForm<Fields>({ initialValues: fieldsOf(strategy), validate: faults });
  const saving = useSaving(strategy, form, onMade);
  const { origin, dirty, overtakenBy, draft } = saving;

  useBlocker({
    shouldBlockFn: () => {
      const stays = dirty && !globalThis.confirm("Leave without saving? What you changed here is lost.");
      if (!stays) {
        draft.drop();
      }

      return stays;
    },
    enableBeforeUnload: () => dirty,
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
      onSubmit={(event) => {
        event.preventDefault();
        saving.save();
      }}
    >
      <PageHead
        title={strategy?.name ?? "New strategy"}
        aside={origin === null ? undefined : <span className="sf-dimmed">version {origin.version}</span>}
        actions={
          <>
            {strategy === null ? null : <DeleteStrategy strategy={strategy} onDeleted={draft.drop} />}
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
              loading={saving.isSaving}
              disabled={origin !== null && !dirty}
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
            >
              Save
            </Button>
          </>
        }
      />
      {draft.offered === null ? null : <DraftOffer draft={draft.offered} dirty={dirty} onRestore={saving.restore} onDiscard={draft.settle} />}
      {overtakenBy === null || origin === null ? null : (
        <Overtaken edited={origin.version} newest={overtakenBy.version} onLoad={() => saving.load(overtakenBy)} onSave={() => saving.saveOver(overtakenBy)} />
      )}
      {saving.error === null ? null : (
        <Alert role="alert" color="sell" p="xs" mb="sm">
          {saving.error instanceof Problem ? saving.error.message : "That failed. Try again."}
        </Alert>
      )}
      <Panel title="Settings" padded>
        <div className={classes.settings}>
          <TextInput label="Name" maxLength={100} {...form.getInputProps("name")} />
          <TextInput label="Symbol" description="What its sessions trade unless told otherwise" {...form.getInputProps("symbol")} />
          <Choice
            label="Language"
            data={[
              { value: "csharp", label: "C#" },
              { value: "python", label: "Python" },
            ]}
            value={form.values.language}
            onChange={setLanguage}
            disabled={strategy !== null}
          />
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
            onSave={saving.save}
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
      {strategy === null ? null : <VersionsPanel strategy={strategy} dirty={dirty} onRestored={saving.load} />}
    </form>
  );
}
