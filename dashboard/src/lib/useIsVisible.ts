import { useSyncExternalStore } from "react";

const onChange = (changed: () => void): (() => void) => {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
};

/** Whether the page is in sight: not in a tab behind another one. */
export const useIsVisible = (): boolean => useSyncExternalStore(onChange, () => document.visibilityState === "visible");
