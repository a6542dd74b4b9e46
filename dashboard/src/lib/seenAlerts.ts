/** Until when a user has seen what alerts said. Kept in this browser: another one has not shown it. */
const keyOf = (userId: string): string => `sf-alerts-seen:${userId}`;

const listeners = new Set<() => void>();

/** Instant of the newest firing that was shown; empty while none was. */
export function seenUntil(userId: string): string {
  try {
    return localStorage.getItem(keyOf(userId)) ?? "";
  } catch {
    // Storage is off: then everything is new each time.
    return "";
  }
}

export function noteSeen(userId: string, firedAt: string): void {
  const before = seenUntil(userId);
  if (before !== "" && Date.parse(firedAt) <= Date.parse(before)) {
    return;
  }

  try {
    localStorage.setItem(keyOf(userId), firedAt);
  } catch {
    return;
  }

  listeners.forEach((listener) => listener());
}

export function onSeen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Firings that were told and not shown yet. Instants are spelled with as many decimals as they have, so they are compared as times. */
export const countUnseen = (firings: readonly { firedAt: string; isMuted: boolean }[], until: string): number =>
  firings.filter(({ firedAt, isMuted }) => !isMuted && (until === "" || Date.parse(firedAt) > Date.parse(until))).length;
