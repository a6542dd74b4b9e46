import { queryOptions } from "@tanstack/react-query";
import { answered, gateway } from "../api/client";
import { everySecond } from "../live/cadence";
import { type CandleSeries, type Timeframe, candlesOf, noCandles, withNewer } from "./candles";

/** Bars a chart starts with, and bars asked for when its left edge comes near. */
const firstCandles = 1_500;
const moreCandles = 2_000;

const candlesKey = (symbol: string, timeframe: Timeframe) => ["candles", symbol, timeframe] as const;

/** A chart's bars: all of the first page once, then only what came since the tail. */
export const candlesQuery = (symbol: string, timeframe: Timeframe) =>
  queryOptions({
    queryKey: candlesKey(symbol, timeframe),
    queryFn: async ({ signal, client }): Promise<CandleSeries> => {
      const known = client.getQueryData<CandleSeries>(candlesKey(symbol, timeframe));
      const read = async (query: { start?: string; limit: number }) =>
        candlesOf(
          await answered(
            gateway.GET("/api/market-data/candles", { params: { query: { symbol, timeframe, ...query } }, signal }),
          ),
        );

      if (known?.tail) {
        const newer = await read({ start: new Date(known.tail.time * 1000).toISOString(), limit: firstCandles });
        // A full page may have left a gap behind it: then the chart starts anew.
        if (newer.length < firstCandles) {
          return withNewer(client.getQueryData<CandleSeries>(candlesKey(symbol, timeframe)) ?? known, newer);
        }
      }

      return withNewer(noCandles, await read({ limit: firstCandles }));
    },
    // The series shares its unchanged part by itself; comparing thousands of bars each second would be work for nothing.
    structuralSharing: false,
    ...everySecond,
  });

export const olderCandles = async (symbol: string, timeframe: Timeframe, before: number) =>
  candlesOf(
    await answered(
      gateway.GET("/api/market-data/candles", {
        params: { query: { symbol, timeframe, before: new Date(before * 1000).toISOString(), limit: moreCandles } },
      }),
    ),
  );
