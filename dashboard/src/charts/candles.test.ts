import { describe, expect, it } from "vitest";
import { type Candle, barTime, candlesOf, decimalsFor, historyChange, noCandles, withNewer, withOlder } from "./candles";

const candle = (time: number, close = 100): Candle => ({ time, open: 100, high: close + 1, low: 99, close, volume: 5 });
const times = (candles: readonly Candle[]): number[] => candles.map(({ time }) => time);

describe("a chart's bars", () => {
  it("keep the newest one apart, since it may still change", () => {
    const series = withNewer(noCandles, [candle(60), candle(120), candle(180)]);

    expect(times(series.closed)).toEqual([60, 120]);
    expect(series.tail?.time).toBe(180);
  });

  it("replace the tail by its newer self without touching the closed ones", () => {
    const before = withNewer(noCandles, [candle(60), candle(120)]);
    const after = withNewer(before, [candle(120, 105)]);

    expect(after.closed).toBe(before.closed);
    expect(after.tail?.close).toBe(105);
  });

  it("close the tail as the newer page tells it", () => {
    const before = withNewer(noCandles, [candle(60), candle(120)]);
    const after = withNewer(before, [candle(120, 107), candle(180)]);

    expect(after.closed.at(-1)).toMatchObject({ time: 120, close: 107 });
    expect(after.tail?.time).toBe(180);
  });

  it("close the tail as it was when the newer page begins after it", () => {
    const after = withNewer(withNewer(noCandles, [candle(60), candle(120, 103)]), [candle(240)]);

    expect(times(after.closed)).toEqual([60, 120]);
    expect(after.closed.at(-1)?.close).toBe(103);
  });

  it("stay the same object when nothing is new, so that nothing is drawn again", () => {
    const series = withNewer(noCandles, [candle(60), candle(120)]);

    expect(withNewer(series, [candle(120)])).toBe(series);
    expect(withNewer(series, [])).toBe(series);
  });

  it("take older ones in front, each once", () => {
    const series = withNewer(noCandles, [candle(180), candle(240)]);

    expect(times(withOlder(series, [candle(60), candle(120), candle(180)]).closed)).toEqual([60, 120, 180]);
    expect(withOlder(series, [candle(180)])).toBe(series);
  });

  it("are bounded: the oldest go", () => {
    const many = Array.from({ length: 23_000 }, (_, i) => candle(i * 60));

    expect(withNewer(noCandles, many).closed.length).toBe(20_000);
  });

  it("are refused when the columns differ in length", () => {
    expect(() => candlesOf({ symbol: "SPY", timeframe: "1m", t: [60, 120], o: [1], h: [1], l: [1], c: [1], v: [1] })).toThrow("SPY");
  });
});

describe("what the history series draws", () => {
  const closed = [candle(60), candle(120)];

  it("is nothing when only the tail moved", () => {
    expect(historyChange(closed, closed)).toEqual({ kind: "same" });
  });

  it("is the bars that closed since", () => {
    const change = historyChange(closed, [...closed, candle(180)]);

    expect(change).toMatchObject({ kind: "append", candles: [{ time: 180 }] });
  });

  it("is everything after older bars came in front, and for another symbol", () => {
    expect(historyChange(closed, [candle(0), ...closed]).kind).toBe("reset");
    expect(historyChange([], closed).kind).toBe("reset");
    expect(historyChange(closed, [candle(60), candle(121), candle(180)]).kind).toBe("reset");
  });
});

describe("a fill on the chart", () => {
  it("belongs to the bar that holds its moment", () => {
    expect(barTime("2013-10-04T13:31:59.999Z", 60)).toBe(Date.UTC(2013, 9, 4, 13, 31) / 1000);
    expect(barTime("2013-10-04T13:31:59.999Z", 3_600)).toBe(Date.UTC(2013, 9, 4, 13) / 1000);
  });
});

describe("the price axis", () => {
  it("gets more decimals for what trades below a cent", () => {
    expect(decimalsFor(withNewer(noCandles, [candle(60, 167.6)]))).toBe(2);
    expect(decimalsFor({ closed: [], tail: candle(60, 0.00042) })).toBe(6);
  });
});
