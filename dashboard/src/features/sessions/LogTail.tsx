import { Anchor, SegmentedControl } from "@mantine/core";
import { useLayoutEffect, useRef, useState } from "react";
import type { LogLine, Session } from "../../api/types";
import { LoadOlder } from "../../ui/LoadOlder";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";
import classes from "./LogTail.module.css";
import { type LogLevel, useSessionLog } from "./useSessionLog";

/** What the strategy wrote, as it writes it, from a level up. */
export function SessionLog({ session, className }: { session: Session; className: string }) {
  const [level, setLevel] = useState<LogLevel>("");
  const { query, older, state } = useSessionLog(session, level);

  return (
    <QueryPanel
      title="Log"
      className={className}
      query={query}
      live={false}
      rows={8}
      actions={
        <>
          {state === "connecting" ? <span className="sf-dimmed">connecting</span> : null}
          {state === "refused" ? <span className="sf-dimmed">every few seconds</span> : null}
          <SegmentedControl
            size="xs"
            value={level}
            onChange={(value) => setLevel(value as LogLevel)}
            aria-label="Lines of which level"
            data={[
              { value: "", label: "All" },
              { value: "warning", label: "Warnings" },
              { value: "error", label: "Errors" },
            ]}
          />
        </>
      }
      isEmpty={({ items }) => items.length === 0}
      empty={
        <span>
          {session.logsGoneAt !== null ? (
            <>
              The log is no longer kept since <TimeText at={session.logsGoneAt} />.
            </>
          ) : level === "" ? (
            "The strategy has written nothing. What it prints appears here."
          ) : (
            "No line of this level. Choose All to see the others."
          )}
        </span>
      }
    >
      {({ items }) => (
        <>
          <LogTail lines={items} loadOlder={older.load} />
          {older.busy || older.error !== null ? <LoadOlder {...older} /> : null}
        </>
      )}
    </QueryPanel>
  );
}

interface Props {
  /** Newest first, as the gateway lists them. */
  lines: readonly LogLine[];
  loadOlder: (() => void) | undefined;
}

/** Oldest on top; follows the end unless its reader has scrolled away from it. */
function LogTail({ lines, loadOlder }: Props) {
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
