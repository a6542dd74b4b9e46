import { Anchor } from "@mantine/core";
import { useLayoutEffect, useRef } from "react";
import type { LogLine } from "../../api/types";
import { TimeText } from "../../ui/TimeText";
import classes from "./LogTail.module.css";

interface Props {
  /** Newest first, as the gateway lists them. */
  lines: readonly LogLine[];
  loadOlder: (() => void) | undefined;
}

/** What the strategy wrote, oldest on top; follows the end unless its reader has scrolled away from it. */
export function LogTail({ lines, loadOlder }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const newest = lines[0]?.id;

  useLayoutEffect(() => {
    if (follows.current && box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [newest]);

  return (
    <div
      ref={box}
      className={classes.log}
      role="log"
      aria-live="off"
      aria-label="Log of the strategy"
      // Scrollable by keyboard too, so it has to take the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 8;
      }}
    >
      {loadOlder === undefined ? null : (
        <Anchor component="button" size="xs" onClick={loadOlder}>
          Show older lines
        </Anchor>
      )}
      {lines.toReversed().map(({ id, at, level, message }) => (
        <div key={id} className={classes.line}>
          <TimeText at={at} /> <span className={classes[level] ?? ""}>{level}</span>{" "}
          <span className={classes.message}>{message}</span>
        </div>
      ))}
    </div>
  );
}
