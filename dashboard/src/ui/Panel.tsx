import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { staleAfter as usuallyStaleAfter } from "../live/cadence";
import { AgeText, Aging, useAge } from "./Aging";
import { ErrorBoundary } from "./ErrorBoundary";
import { ErrorBox } from "./ErrorBox";
import classes from "./Panel.module.css";

interface PanelProps {
  title: string;
  actions?: ReactNode;
  /** Says how old the values are when they are no longer live. */
  age?: string | null;
  padded?: boolean;
  className?: string;
  children: ReactNode;
}

/** A framed part of a page. What fails inside stays inside. */
export function Panel({ title, actions, age = null, padded = false, className, children }: PanelProps) {
  const heading = useId();
  return (
    <section className={className === undefined ? classes.panel : `${classes.panel} ${className}`} aria-labelledby={heading}>
      <div className={classes.head}>
        <h2 id={heading} className={classes.title}>
          {title}
        </h2>
        <AgeText age={age} />
        {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
      </div>
      <div className={padded ? `${classes.body} ${classes.padded}` : classes.body}>
        <ErrorBoundary>{children}</ErrorBoundary>
      </div>
    </section>
  );
}

interface QueryPanelProps<T> extends Omit<PanelProps, "age" | "children"> {
  query: UseQueryResult<T>;
  /** Whether the data is polled: only then can it grow stale. */
  live?: boolean;
  /** Milliseconds after which it has, where it is polled at another pace than most. */
  staleAfter?: number;
  /** Rows of the skeleton: about as many as the data will have, so that nothing jumps. */
  rows?: number;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** A panel in one of its states: loading, error, empty, live, or live gone stale. */
export function QueryPanel<T>({
  query,
  live = true,
  staleAfter = usuallyStaleAfter,
  rows = 4,
  isEmpty,
  empty,
  children,
  ...panel
}: QueryPanelProps<T>) {
  const { data } = query;
  const error = useLastError(query);
  const age = useAge(query, live ? staleAfter : Number.POSITIVE_INFINITY);

  let body: ReactNode;
  if (data === undefined) {
    body = error ? <ErrorBox error={error} onRetry={() => void query.refetch()} /> : <Loading rows={rows} />;
  } else if (isEmpty?.(data)) {
    body = <div className={classes.message}>{empty}</div>;
  } else {
    body = <Aging age={age}>{children(data)}</Aging>;
  }

  return (
    <Panel {...panel} age={age}>
      {body}
    </Panel>
  );
}

/**
 * The query's error, kept while the query tries again: Query itself forgets it at each new attempt, and a polled panel would
 * flicker between its error and its skeleton.
 */
function useLastError(query: UseQueryResult): Error | null {
  const [last, setLast] = useState<Error | null>(null);
  const next = query.data === undefined ? (query.error ?? last) : null;
  if (next !== last) {
    setLast(next);
  }

  return next;
}

function Loading({ rows }: { rows: number }) {
  return (
    <div className={classes.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={22} />
      ))}
    </div>
  );
}
