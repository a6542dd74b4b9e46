import { useSyncExternalStore } from "react";

/** What depends on the time, looked at every `interval` milliseconds: the component renders again only when it has changed. */
export function useTimed<T extends string | number | null>(interval: number, read: (now: number) => T): T {
  return useSyncExternalStore(
    (changed) => {
      const timer = setInterval(changed, interval);
      return () => clearInterval(timer);
    },
    // Rounded, so that reading twice within one interval gives one value: React asks more than once per render.
    () => read(Math.floor(Date.now() / interval) * interval),
  );
}

/** The time, renewed every `interval` milliseconds. */
export const useNow = (interval: number): number => useTimed(interval, (now) => now);
