import { useState } from "react";
import { openSessions } from "../../api/queries";
import { useCursorList } from "../../api/useCursorList";
import { TimeText } from "../../ui/TimeText";

/** Milliseconds in which something should have been traded, where a session runs. */
const longestPause = 60_000;

/**
 * Which moment of the market the figures are of. A line that works and prices that stand still look alike otherwise.
 * @param readAt When that was read.
 */
export function PricesAsOf({ asOf, readAt }: { asOf: string; readAt: number }) {
  const { data: open } = useCursorList(openSessions).query;
  const [since, setSince] = useState({ asOf, readAt });
  if (since.asOf !== asOf) {
    setSince({ asOf, readAt });
  }

  const isRunning = open?.items.some(({ status }) => status === "RUNNING") ?? false;
  const stands = isRunning && since.asOf === asOf && readAt - since.readAt > longestPause;
  return (
    <span
      className={stands ? "sf-warn" : "sf-dimmed"}
      title={stands ? "No price has come for a minute, though a session runs. The market is closed, or its data do not come." : "Time of the newest price, on the market's clock."}
    >
      Prices as of <TimeText at={asOf} />
    </span>
  );
}
