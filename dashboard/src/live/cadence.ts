/**
 * How often what is on the screen is asked for again. Query stops by itself while the tab is hidden. A frame that writes
 * into the same cache entry makes the interval unnecessary: it lives here, not in the components. The next poll is the retry.
 */
export const everySecond = { refetchInterval: 1_000, staleTime: 900, retry: false } as const;
export const everyFewSeconds = { refetchInterval: 4_000, staleTime: 3_500, retry: false } as const;

/** The link's own sign of life: asked on every page, whatever else that page asks. */
export const heartbeat = { refetchInterval: 2_000, staleTime: 1_900, retry: false } as const;

/** Data older than this, in milliseconds, is shown as stale: two missed polls and a little patience. */
export const staleAfter = 5_000;
