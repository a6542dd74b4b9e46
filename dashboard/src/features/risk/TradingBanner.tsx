import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { tradingModeQuery } from "../../api/queries";
import type { FlattenProgress, TradingSwitch } from "../../api/types";
import { reasonText } from "../../lib/status";
import { TimeText } from "../../ui/TimeText";
import { complain } from "../../ui/complain";
import classes from "./TradingBanner.module.css";
import { useSetMode } from "./useSetMode";
import { isOwn, progressText, switchText } from "./words";

/** Says on every page which switches hold trading back, or their user learns of them from refused signals. */
export function TradingBanner() {
  const { data } = useQuery(tradingModeQuery);
  return data?.switches.map((view) => (
    <SwitchNotice key={`${view.keeper} ${view.scope}`} view={view} progress={isOwn(view) ? data.flatten : null} />
  ));
}

function SwitchNotice({ view, progress }: { view: TradingSwitch; progress: FlattenProgress | null }) {
  const { title, says } = switchText(view);
  return (
    <div className={classes.notice}>
      <div className={classes.text}>
        <p role="status">
          <strong>{title}</strong> {says}
        </p>
        {progress === null ? null : <p>{progressText(progress)}</p>}
        {progress?.refused.map(({ symbol, sessionId, code, detail }) => (
          <p key={`${symbol} ${sessionId ?? ""}`} title={detail}>
            {symbol} could not be closed: {reasonText(code, detail)}. It is tried again every few seconds.
          </p>
        ))}
        <p className="sf-dimmed">
          Since <TimeText at={view.setAt} />.{view.reason === null ? null : ` Reason: ${view.reason}`}
          {isOwn(view) ? null : " Only the house can end it."}
        </p>
      </div>
      {isOwn(view) ? <EndIt /> : null}
    </div>
  );
}

function EndIt() {
  const set = useSetMode({ onError: complain });
  return (
    <Button size="compact-md" variant="default" loading={set.isPending} onClick={() => set.mutate("normal")}>
      Trade again
    </Button>
  );
}
