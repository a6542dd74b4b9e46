import type { CandlePage } from "../api/types";

/** One bar. Prices are doubles here: they become pixels, never money. */
export interface Candle {
  /** Start of the bar, UTC seconds. */
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/**
 * A chart's bars, ascending and unique by time. The last one stands apart, since it alone may still change: drawn as a series of
 * its own it costs one point per update instead of a rebuild of all.
 */
export interface CandleSeries {
  closed: readonly Candle[];
  tail: Candle | null;
}

export const noCandles: CandleSeries = { closed: [], tail: null };

/** Bars kept at most; beyond this plus some slack the oldest go. */
const most = 20_000;
const slack = 2_000;

/** Rows of the columnar page; a page whose columns differ in length is a fault of the sender and is refused. */
export function candlesOf(page: CandlePage): Candle[] {
  const { t, o, h, l, c, v } = page;
  if ([o, h, l, c, v].some((column) => column.length !== t.length)) {
    throw new Error(`The candles of ${page.symbol} have columns of different lengths.`);
  }

  return t.map((time, i) => ({
    time,
    open: o[i] ?? 0,
    high: h[i] ?? 0,
    low: l[i] ?? 0,
    close: c[i] ?? 0,
    volume: v[i] ?? 0,
  }));
}

/** Puts newer bars behind what is there. Bars up to the known tail's time replace nothing but the tail itself. */
export function withNewer(series: CandleSeries, newer: readonly Candle[]): CandleSeries {
  const from = series.tail?.time ?? Number.NEGATIVE_INFINITY;
  const fresh = newer.filter((candle) => candle.time >= from);
  const tail = fresh.at(-1);
  if (tail === undefined || (fresh.length === 1 && series.tail !== null && sameCandle(tail, series.tail))) {
    return series;
  }

  // The old tail closes with what the newer page says of it, or as it was when the page does not repeat it.
  const closing = fresh.slice(0, -1);
  if (series.tail !== null && fresh[0] !== undefined && fresh[0].time > series.tail.time) {
    closing.unshift(series.tail);
  }

  const closed = closing.length === 0 ? series.closed : [...series.closed, ...closing];
  return { closed: closed.length > most + slack ? closed.slice(-most) : closed, tail };
}

/** Puts older bars in front; what is known already stays as it is. */
export function withOlder(series: CandleSeries, older: readonly Candle[]): CandleSeries {
  const first = series.closed[0]?.time ?? series.tail?.time ?? Number.POSITIVE_INFINITY;
  const fresh = older.filter((candle) => candle.time < first);
  return fresh.length === 0 ? series : { closed: [...fresh, ...series.closed].slice(-most), tail: series.tail };
}

export type HistoryChange = { kind: "same" } | { kind: "append"; candles: readonly Candle[] } | { kind: "reset" };

/** What the history series has to do to go from one state to the next: appending is cheap, a reset draws all. */
export function historyChange(drawn: readonly Candle[], next: readonly Candle[]): HistoryChange {
  if (drawn === next) {
    return { kind: "same" };
  }

  const grown = drawn.length > 0 && next.length >= drawn.length && next[0]?.time === drawn[0]?.time;
  if (!grown || next[drawn.length - 1]?.time !== drawn.at(-1)?.time) {
    return { kind: "reset" };
  }

  return next.length === drawn.length ? { kind: "same" } : { kind: "append", candles: next.slice(drawn.length) };
}

/** Start of the bar that holds an instant. */
export const barTime = (instant: string, seconds: number): number =>
  Math.floor(Date.parse(instant) / 1000 / seconds) * seconds;

/** Decimals a price axis needs for these bars: two, or more for what trades below a few cents. */
export function decimalsFor(series: CandleSeries): number {
  const price = series.tail?.close ?? series.closed.at(-1)?.close ?? 1;
  return price >= 1 ? 2 : Math.min(8, 2 + Math.ceil(-Math.log10(Math.max(price, 1e-8))));
}

export const timeframes = { "1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "1d": 86_400 } as const;
export type Timeframe = keyof typeof timeframes;

const sameCandle = (a: Candle, b: Candle): boolean =>
  a.time === b.time && a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
