import type { ReactNode } from "react";
import classes from "./Stat.module.css";

interface StatProps {
  label: string;
  /** What the figure means, on hover. */
  hint: string;
  children: ReactNode;
  note?: ReactNode;
}

/** One figure with its name: a tile. */
export function Stat({ label, hint, children, note }: StatProps) {
  return (
    <div className={classes.stat}>
      <dt className={classes.label} title={hint}>
        {label}
      </dt>
      <dd className={classes.value}>{children}</dd>
      {note === undefined ? null : <dd className={classes.note}>{note}</dd>}
    </div>
  );
}

/** Tiles in a row that wraps. */
export function Stats({ label, children }: { label: string; children: ReactNode }) {
  return (
    <dl className={classes.stats} aria-label={label}>
      {children}
    </dl>
  );
}
