import { MantineProvider } from "@mantine/core";
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CandleChart, type FillMark } from "./CandleChart";
import { type Candle, type CandleSeries, noCandles, withNewer } from "./candles";

// The library draws on a canvas, which only a browser has: a stand-in notes what it is given.
const library = vi.hoisted(() => ({
  series: [] as object[],
  marks: new Map<object, { id: string }[]>(),
  move: undefined as ((range: { from: number; to: number }) => void) | undefined,
}));

vi.mock("lightweight-charts", async (original) => ({
  ...(await original<object>()),
  createChart: () => {
    const timeScale = {
      subscribeVisibleLogicalRangeChange: (told: typeof library.move) => (library.move = told),
      getVisibleRange: () => null,
      setVisibleLogicalRange: () => undefined,
    };
    return {
      addSeries: () => {
        const series = { applyOptions: () => undefined, setData: () => undefined, update: () => undefined };
        library.series.push(series);
        return series;
      },
      applyOptions: () => undefined,
      paneSize: () => ({ width: 600 }),
      priceScale: () => ({ applyOptions: () => undefined }),
      remove: () => undefined,
      subscribeCrosshairMove: () => undefined,
      timeScale: () => timeScale,
    };
  },
  createSeriesMarkers: (series: object) => ({ setMarkers: (marks: { id: string }[]) => library.marks.set(series, marks) }),
}));

const candle = (time: number): Candle => ({ time, open: 100, high: 101, low: 99, close: 100, volume: 5 });
const fill = (id: string, time: number): FillMark => ({ id, time, price: 100, buy: true, text: "B 1" });
const upTo = (last: number): CandleSeries => withNewer(noCandles, [60, 120, 180, 240].filter((time) => time <= last).map(candle));
const chart = (series: CandleSeries, fills: readonly FillMark[], onNearStart: (oldest: number) => Promise<void> = () => Promise.resolve()) => (
  <MantineProvider env="test">
    <CandleChart label="SPY" series={series} fills={fills} onNearStart={onNearStart} height={420} />
  </MantineProvider>
);
const marksOn = (index: number): string[] => (library.marks.get(library.series[index] ?? {}) ?? []).map(({ id }) => id);

const scroll = () => act(async () => library.move?.({ from: 10, to: 100 }));

beforeEach(() => {
  library.series.length = 0;
  library.marks.clear();
});
afterEach(cleanup);

describe("fills on the chart", () => {
  const [history, tail] = [0, 1];

  it("hang on their own bar, also on the newest, which is drawn apart", () => {
    const fills = [fill("newest", 180), fill("closed", 120)];
    const { rerender } = render(chart(upTo(180), fills));
    expect([marksOn(history), marksOn(tail)]).toEqual([["closed"], ["newest"]]);

    rerender(chart(upTo(240), fills));
    expect([marksOn(history), marksOn(tail)]).toEqual([["closed", "newest"], []]);
  });
});

describe("older bars", () => {
  it("are asked for once, and again when they did not come", async () => {
    const ask = vi.fn<(oldest: number) => Promise<void>>().mockRejectedValueOnce(new Error("gone")).mockResolvedValue();
    render(chart(upTo(180), [], ask));
    await scroll();
    await scroll();
    await scroll();
    expect(ask.mock.calls).toEqual([[60], [60]]);
  });
});
