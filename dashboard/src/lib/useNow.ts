import { useSyncExternalStore } from "react";

/** The time, renewed every `interval` milliseconds. */
export function useNow(interval: number): number {
  return useSyncExternalStore(
    (changed) => {
      const timer = setInterval(changed, interval);
      return () => clearInterval(timer);
    },
    // Rounded, so that reading twice within one interval gives one value: React asks more than once per render.
    () => Math.floor(Date.now() / interval) * interval,
  );
}
