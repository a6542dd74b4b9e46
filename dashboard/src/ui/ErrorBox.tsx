import { Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Problem } from "../api/problem";
import classes from "./Panel.module.css";

/** What failed, its code, the request's id for whoever reads the logs, and a way to try again. */
export function ErrorBox({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  return (
    <div className={classes.message} role="alert">
      <IconAlertTriangle size={22} aria-hidden color="var(--sf-down)" />
      <Text size="sm" c="var(--sf-text)">
        {problem?.message ?? "This part of the page failed."}
      </Text>
      <Text size="xs" c="dimmed" className="sf-mono">
        {problem === null ? error.message : problem.code}
        {problem?.traceId ? ` · ${problem.traceId}` : null}
      </Text>
      {onRetry === undefined ? null : (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
