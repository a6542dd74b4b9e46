import type { StatusLook } from "../lib/status";
import classes from "./StatusPill.module.css";

/** A state as a word on a coloured ground, with its meaning on hover. */
export function StatusPill({ look }: { look: StatusLook }) {
  return (
    <span className={`${classes.pill} ${classes[look.tone]}`} title={look.hint}>
      {look.word}
    </span>
  );
}
