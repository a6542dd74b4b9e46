export type LinkState = { kind: "connecting" } | { kind: "live" } | { kind: "stale"; seconds: number } | { kind: "offline" };

/** Milliseconds without a good answer after which the link counts as stale: two heartbeats. */
const staleLink = 4_000;

/**
 * What the link pill says, from the age of the last good answer and not from whether a connection looks open: a light stays
 * green on a dead line otherwise. Nor from whether the machine has a network: it needs none for a gateway of its own.
 * @param heardAt When the last good answer came; null before the first.
 * @param failedAt When the last request got no answer; null if none failed.
 */
export function linkState(now: number, heardAt: number | null, failedAt: number | null): LinkState {
  if (failedAt !== null && failedAt > (heardAt ?? 0)) {
    return { kind: "offline" };
  }

  if (heardAt === null) {
    return { kind: "connecting" };
  }

  const age = now - heardAt;
  return age > staleLink ? { kind: "stale", seconds: Math.floor(age / 1000) } : { kind: "live" };
}

export const linkWords = (state: LinkState): string => {
  switch (state.kind) {
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "stale":
      return `Stale ${state.seconds} s`;
    case "offline":
      return "Offline";
  }
};
