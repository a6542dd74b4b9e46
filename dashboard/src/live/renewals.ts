import { type QueryClient, type QueryFilters, hashKey } from "@tanstack/react-query";

/** Milliseconds in which wishes are taken together: an order, its fill and what they do to the portfolio come one after the other. */
const together = 500;

/** Asks again for what is on the screen, as often as it has to be and no more. */
export interface Renewals {
  /** These lists may have changed. */
  want: (lists: readonly QueryFilters[]) => void;
  stop: () => void;
}

/**
 * A read that is under way is let finish, however much happens meanwhile: cut off each time, it would never come to its end on a slow
 * link. But it may have begun before what happened, so one more follows it.
 */
export function makeRenewals(cache: QueryClient): Renewals {
  const wanted = new Map<string, QueryFilters>();
  const running = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const renew = async (name: string, list: QueryFilters): Promise<void> => {
    running.add(name);
    const isBehind = cache.isFetching(list) > 0;
    await cache.invalidateQueries(list, { cancelRefetch: false });
    if (isBehind) {
      await cache.invalidateQueries(list, { cancelRefetch: false });
    }

    running.delete(name);
    schedule();
  };

  const run = (): void => {
    timer = undefined;
    for (const [name, list] of wanted) {
      if (!running.has(name)) {
        wanted.delete(name);
        void renew(name, list);
      }
    }
  };

  const schedule = (): void => {
    if (!isStopped && wanted.size > 0) {
      timer ??= setTimeout(run, together);
    }
  };

  return {
    want: (lists) => {
      for (const list of lists) {
        wanted.set(hashKey([list.queryKey, list.exact ?? false]), list);
      }

      schedule();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
