import { Anchor, Button, Loader } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { StrategyProblem, ValidationReport } from "../../api/types";
import { countText } from "../../lib/fmt";
import { checkLook, severityLook } from "../../lib/status";
import { type Column, DataTable } from "../../ui/DataTable";
import { ErrorBox } from "../../ui/ErrorBox";
import { Panel } from "../../ui/Panel";
import { StatusPill } from "../../ui/StatusPill";
import classes from "./ValidationPanel.module.css";

const names: Readonly<Record<string, string>> = {
  compile: "Builds",
  static: "Source",
  "dry-run": "Dry run",
  "look-ahead": "Repeats itself, no look-ahead",
};

interface Props {
  examination: UseMutationResult<ValidationReport, Error, void>;
  onCancel: () => void;
  /** Whether the code was changed since: then lines may have moved. */
  outdated: boolean;
  goTo: (line: number, column: number | null) => void;
}

/** What an examination found, each problem a click away from its line. */
export function ValidationPanel({ examination, onCancel, outdated, goTo }: Props) {
  const { data: report, error, isPending } = examination;
  if (!isPending && error === null && report === undefined) {
    return null;
  }

  return (
    <>
      <div className="sf-gap" />
      <Panel
        title="Validation"
        actions={
          isPending ? (
            <Button size="compact-sm" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          ) : outdated && report !== undefined ? (
            <span className="sf-dimmed">of the code before your last change</span>
          ) : undefined
        }
      >
        {isPending ? (
          <div className={classes.waiting} role="status">
            <Loader size="sm" /> It is built, run on a trial market and checked for look-ahead, in a cage of its own. That takes some seconds.
          </div>
        ) : error === null ? (
          report === undefined ? null : <Report report={report} goTo={goTo} />
        ) : (
          <ErrorBox error={error} onRetry={() => examination.mutate()} />
        )}
      </Panel>
    </>
  );
}

const problemColumns = (goTo: Props["goTo"]): readonly Column<StrategyProblem>[] => [
  { header: "Kind", cell: ({ severity }) => <StatusPill look={severityLook(severity)} /> },
  {
    header: "Line",
    numeric: true,
    cell: ({ line, column }) =>
      line === null ? null : (
        <Anchor component="button" type="button" size="sm" onClick={() => goTo(line, column)} aria-label={`Go to line ${line}`}>
          {column === null ? line : `${line}:${column}`}
        </Anchor>
      ),
  },
  { header: "Problem", grow: true, cell: ({ message }) => <span className={classes.message}>{message}</span> },
  { header: "Code", wide: true, cell: ({ code }) => <span className="sf-mono">{code}</span> },
];

function Report({ report, goTo }: { report: ValidationReport; goTo: Props["goTo"] }) {
  const { dryRun } = report;
  const columns = useMemo(() => problemColumns(goTo), [goTo]);
  return (
    <>
      <ul className={classes.checks} aria-label="Checks">
        {report.checks.map(({ name, state }) => (
          <li key={name}>
            {names[name] ?? name} <StatusPill look={checkLook(state)} />
          </li>
        ))}
      </ul>
      <p className={classes.summary}>
        {report.ok ? "It can run." : "It can't run like this."}{" "}
        {report.strategy === null ? null : `${report.strategy} wants ${countText(report.warmUp ?? 0)} bars of warm-up. `}
        {dryRun === null
          ? null
          : `Over ${countText(dryRun.bars)} ${dryRun.source} bars it gave ${countText(dryRun.signals)} signals: ${countText(dryRun.fills)} filled, ${countText(dryRun.refused)} refused.`}
      </p>
      {report.problems.length === 0 ? null : (
        <DataTable
          label="Problems of the strategy"
          columns={columns}
          rows={report.problems}
          rowKey={({ line, column, code, message }) => `${line}:${column}:${code}:${message}`}
          maxHeight={320}
        />
      )}
    </>
  );
}
