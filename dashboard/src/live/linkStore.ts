import { useSyncExternalStore } from "react";
import { useNow } from "../lib/useNow";
import { type LinkState, linkState } from "./link";

interface Heard {
  heardAt: number | null;
  failedAt: number | null;
}

let heard: Heard = { heardAt: null, failedAt: null };
const listeners = new Set<() => void>();

function set(next: Partial<Heard>): void {
  heard = { ...heard, ...next };
  listeners.forEach((listener) => listener());
}

/** The gateway answered, whatever it said. */
export const noteAnswer = (): void => set({ heardAt: Date.now() });

/** The gateway did not answer. */
export const noteSilence = (): void => set({ failedAt: Date.now() });

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useLink(): { state: LinkState; ageSeconds: number | null } {
  const { heardAt, failedAt } = useSyncExternalStore(subscribe, () => heard);
  const now = useNow(1_000);
  return {
    state: linkState(now, heardAt, failedAt),
    ageSeconds: heardAt === null ? null : Math.max(0, Math.floor((now - heardAt) / 1000)),
  };
}
