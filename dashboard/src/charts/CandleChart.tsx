import { useComputedColorScheme } from "@mantine/core";
import {
  CandlestickSeries,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
  createChart,
  createSeriesMarkers,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import classes from "./CandleChart.module.css";
import { type Candle, type CandleSeries, decimalsFor, historyChange } from "./candles";
import { candleColours, chartOptions, readColours } from "./chartTheme";

/** One of the session's own fills, where it belongs on the chart. */
export interface FillMark {
  id: string;
  /** Start of the bar that holds it, UTC seconds. */
  time: number;
  price: number;
  buy: boolean;
  text: string;
}

interface CandleChartProps {
  /** Read out instead of the picture. */
  label: string;
  series: CandleSeries;
  fills: readonly FillMark[];
  /** Called when the reader comes near the oldest bar. Called again only after the bars have changed, or when it failed. */
  onNearStart: (oldest: number) => Promise<void>;
  height: number;
}

/** Pixels per bar at first, and how few bars may remain on the left before older ones are asked for. */
const barWidth = 6;
const nearStart = 50;

interface Parts {
  chart: IChartApi;
  history: ISeriesApi<"Candlestick">;
  tail: ISeriesApi<"Candlestick">;
  volume: ISeriesApi<"Histogram">;
  marks: ISeriesMarkersPluginApi<Time>;
  tailMarks: ISeriesMarkersPluginApi<Time>;
}

export function CandleChart({ label, series, fills, onNearStart, height }: CandleChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts | null>(null);
  const drawn = useRef<readonly Candle[]>([]);
  const asked = useRef<number | null>(null);
  const latest = useRef({ series, onNearStart });
  const [pointed, setPointed] = useState<number | null>(null);
  const scheme = useComputedColorScheme("dark");

  useEffect(() => {
    latest.current = { series, onNearStart };
  });

  useEffect(() => {
    if (host.current === null) {
      return undefined;
    }

    const made = draw(host.current);
    parts.current = made;
    drawn.current = [];

    made.chart.subscribeCrosshairMove((event: MouseEventParams) => {
      setPointed(typeof event.time === "number" ? event.time : null);
    });
    made.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      const oldest = latest.current.series.closed[0]?.time;
      if (range !== null && oldest !== undefined && range.from < nearStart && asked.current !== oldest) {
        asked.current = oldest;
        latest.current.onNearStart(oldest).catch(() => {
          asked.current = null;
        });
      }
    });

    return () => {
      parts.current = null;
      made.chart.remove();
    };
  }, []);

  useEffect(() => {
    // The scheme's attribute is set in an effect of the provider above us, which runs after ours: read the tokens a frame later.
    const frame = requestAnimationFrame(() => {
      const colours = readColours();
      parts.current?.chart.applyOptions(chartOptions(colours));
      parts.current?.history.applyOptions(candleColours(colours));
      parts.current?.tail.applyOptions(candleColours(colours));
      parts.current?.volume.applyOptions({ color: colours.line });
    });
    return () => cancelAnimationFrame(frame);
  }, [scheme]);

  useEffect(() => {
    const { current } = parts;
    if (current === null) {
      return;
    }

    const change = historyChange(drawn.current, series.closed);
    if (change.kind === "append") {
      for (const candle of change.candles) {
        current.history.update(bar(candle));
        current.volume.update(volumeOf(candle));
      }
    } else if (change.kind === "reset") {
      redraw(current, drawn.current, series);
    }

    drawn.current = series.closed;
    current.tail.setData(series.tail === null ? [] : [bar(series.tail)]);
  }, [series]);

  const tailTime = series.tail?.time ?? Number.POSITIVE_INFINITY;
  useEffect(() => {
    const colours = readColours();
    const marks = fills.toSorted((a, b) => a.time - b.time).map((fill): SeriesMarker<Time> => ({
      id: fill.id,
      time: fill.time as UTCTimestamp,
      position: fill.buy ? "belowBar" : "aboveBar",
      shape: fill.buy ? "arrowUp" : "arrowDown",
      color: fill.buy ? colours.up : colours.down,
      text: fill.text,
    }));
    // On the series that draws their bar: on the other one they would hang on its neighbour. The newest bar's may be ahead of it.
    parts.current?.marks.setMarkers(marks.filter(({ time }) => Number(time) < tailTime));
    parts.current?.tailMarks.setMarkers(marks.filter(({ time }) => Number(time) >= tailTime));
    // Marks of bars that are not drawn yet find their place once they are.
  }, [fills, scheme, series.closed, tailTime]);

  return (
    <div className={classes.frame} role="group" aria-label={label} style={{ height }}>
      <Legend series={series} time={pointed} />
      <div ref={host} className={classes.host} />
    </div>
  );
}

function draw(host: HTMLElement): Parts {
  const colours = readColours();
  const chart = createChart(host, { autoSize: true, ...chartOptions(colours) });
  const history = chart.addSeries(CandlestickSeries, {
    ...candleColours(colours),
    lastValueVisible: false,
    priceLineVisible: false,
  });
  const tail = chart.addSeries(CandlestickSeries, candleColours(colours));
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    color: colours.line,
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.1, bottom: 0.22 } });
  chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  return { chart, history, tail, volume, marks: createSeriesMarkers(history, []), tailMarks: createSeriesMarkers(tail, []) };
}

function redraw({ chart, history, tail, volume }: Parts, before: readonly Candle[], series: CandleSeries): void {
  const decimals = decimalsFor(series);
  const priceFormat = { type: "price", precision: decimals, minMove: 10 ** -decimals } as const;
  const visible = chart.timeScale().getVisibleRange();
  history.applyOptions({ priceFormat });
  tail.applyOptions({ priceFormat });
  history.setData(series.closed.map(bar));
  volume.setData(series.closed.map(volumeOf));

  // Older bars came in on the left: the reader stays where he was. A first or another set starts at its newest bars.
  const continues = before.length > 0 && before.at(-1)?.time === series.closed.at(-1)?.time;
  if (continues && visible !== null) {
    chart.timeScale().setVisibleRange(visible);
  } else {
    const bars = series.closed.length + 1;
    const inView = Math.floor(chart.paneSize().width / barWidth);
    chart.timeScale().setVisibleLogicalRange({ from: bars - inView, to: bars + 4 });
  }
}

/** The bar under the pointer, else the newest, in figures. */
function Legend({ series, time }: { series: CandleSeries; time: number | null }) {
  const candle = time === null ? series.tail : candleAt(series, time);
  if (candle === null) {
    return null;
  }

  const decimals = decimalsFor(series);
  const figures = [
    ["O", candle.open],
    ["H", candle.high],
    ["L", candle.low],
    ["C", candle.close],
  ] as const;
  return (
    <div className={classes.legend} aria-hidden>
      {figures.map(([name, value]) => (
        <span key={name}>
          {name} <b className={candle.close >= candle.open ? "sf-up" : "sf-down"}>{value.toFixed(decimals)}</b>
        </span>
      ))}
    </div>
  );
}

function candleAt({ closed, tail }: CandleSeries, time: number): Candle | null {
  if (tail?.time === time) {
    return tail;
  }

  let low = 0;
  let high = closed.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const candle = closed[middle];
    if (candle === undefined || candle.time === time) {
      return candle ?? null;
    }

    if (candle.time < time) {
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }

  return null;
}

const bar = ({ time, open, high, low, close }: Candle) => ({ time: time as UTCTimestamp, open, high, low, close });
const volumeOf = ({ time, volume }: Candle) => ({ time: time as UTCTimestamp, value: volume });
