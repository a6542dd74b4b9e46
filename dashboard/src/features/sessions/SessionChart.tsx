import { Group, SegmentedControl } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Session, Trade } from "../../api/types";
import { CandleChart, type FillMark } from "../../charts/CandleChart";
import { candlesQuery, olderCandles } from "../../charts/candleQueries";
import { CandleTable } from "../../charts/CandleTable";
import { type Timeframe, barTime, timeframes, withOlder } from "../../charts/candles";
import { quantityText } from "../../lib/fmt";
import { QueryPanel } from "../../ui/Panel";

interface Props {
  session: Session;
  trades: readonly Trade[];
  className: string;
}

/** The market the session trades in, with its own fills on it. */
export function SessionChart({ session, trades, className }: Props) {
  const { symbol } = session;
  const [timeframe, setTimeframe] = useState<Timeframe>("1m");
  const [view, setView] = useState("chart");
  const cache = useQueryClient();
  const options = candlesQuery(symbol, timeframe);
  const candles = useQuery(options);

  const fills = useMemo(
    () => trades.map((trade): FillMark => {
      const buy = trade.action === "BUY";
      return {
        id: trade.id,
        time: barTime(trade.executedAt, timeframes[timeframe]),
        price: Number(trade.price),
        buy,
        text: `${buy ? "B" : "S"} ${quantityText(trade.quantity)}`,
      };
    }),
    [trades, timeframe],
  );

  const readOlder = async (oldest: number): Promise<void> => {
    try {
      const older = await olderCandles(symbol, timeframe, oldest);
      cache.setQueryData(options.queryKey, (known) => (known === undefined ? known : withOlder(known, older)));
    } catch (error) {
      notifications.show({ id: "older-bars", color: "sell", message: "Older bars did not come. Scroll on to try again." });
      throw error;
    }
  };

  return (
    <QueryPanel
      title={symbol}
      className={className}
      query={candles}
      rows={14}
      isEmpty={({ closed, tail }) => closed.length === 0 && tail === null}
      empty={<span>No bar of {symbol} is stored yet. The first one arrives when its minute ends.</span>}
      actions={
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            value={timeframe}
            onChange={(value) => setTimeframe(value as Timeframe)}
            aria-label="Length of a bar"
            data={Object.keys(timeframes)}
          />
          <SegmentedControl
            size="xs"
            value={view}
            onChange={setView}
            aria-label="Show as"
            data={[
              { value: "chart", label: "Chart" },
              { value: "table", label: "Table" },
            ]}
          />
        </Group>
      }
    >
      {(series) =>
        view === "table" ? (
          <CandleTable label={`Bars of ${symbol}, ${timeframe}`} series={series} />
        ) : (
          <CandleChart
            key={timeframe}
            label={`Candles of ${symbol}, ${timeframe}, with ${fills.length} fills of this session`}
            series={series}
            fills={fills}
            onNearStart={readOlder}
            height={420}
          />
        )
      }
    </QueryPanel>
  );
}
