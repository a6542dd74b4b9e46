import { Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { tradingModeQuery } from "../../api/queries";
import { complain } from "../../ui/complain";
import classes from "./TradingItems.module.css";
import { useSetMode } from "./useSetMode";
import { modes } from "./words";

/**
 * The user's own switch, as items of a menu: whatever it is not set to.
 * @param onFlatten Asked to close everything, which is not done without a question.
 */
export function TradingItems({ onFlatten }: { onFlatten: () => void }) {
  const { data } = useQuery(tradingModeQuery);
  const set = useSetMode({ onError: complain });
  const now = data?.mode ?? "normal";
  return (
    <>
      <Menu.Label>Trading</Menu.Label>
      {modes
        .filter(({ mode }) => mode !== now)
        .map(({ mode, label, says }) => (
          <Menu.Item key={mode} onClick={() => (mode === "flatten" ? onFlatten() : set.mutate(mode))}>
            {label}
            <div className={classes.says}>{says}</div>
          </Menu.Item>
        ))}
    </>
  );
}
