/**
 * How often what is on the screen is asked for again. Query stops by itself while the tab is hidden. What the stream tells of
 * is asked for at once besides (useStream.ts). The next poll is the retry.
 */
let isStreaming = false;

/** Events come by themselves, and asking is left for what they don't tell: prices. */
export const setStreaming = (streaming: boolean): void => {
  isStreaming = streaming;
};

export const everySecond = { refetchInterval: () => (isStreaming ? 2_000 : 1_000), staleTime: 900, retry: false } as const;
export const everyFewSeconds = { refetchInterval: 4_000, staleTime: 3_500, retry: false } as const;

/** The link's own sign of life: asked on every page, whatever else that page asks. */
export const heartbeat = { refetchInterval: 2_000, staleTime: 1_900, retry: false } as const;

/** Data older than this, in milliseconds, is shown as stale: two missed polls and a little patience. */
export const staleAfter = 5_000;

/** The same for what is asked for every few seconds. */
export const slowlyStaleAfter = 10_000;
