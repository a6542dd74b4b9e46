import { type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { type CursorList, headWith, withHead, withOlder } from "./cursorList";
import type { Page } from "./types";

interface Source<T> {
  key: readonly unknown[];
  read: (query: { limit: number; cursor?: string }, signal?: AbortSignal) => Promise<Page<T>>;
  keyOf: (row: T) => string;
  pageSize: number;
  /** From live/cadence.ts, or nothing for a list that changes no more. */
  cadence?: { refetchInterval: number | (() => number); staleTime: number } | undefined;
}

/** The old end of a list. */
export interface Older {
  /** Reads the next older page; undefined when there is none. */
  load: (() => void) | undefined;
  busy: boolean;
  error: Error | null;
}

interface Listed<T> {
  query: UseQueryResult<CursorList<T>>;
  older: Older;
}

/** Milliseconds after which rows behind the head are read again with it, and the most that the gateway gives at once. */
const readDeepEvery = 15_000;
const largestPage = 200;

/** A list whose head stays fresh and which grows at its old end. */
export function useCursorList<T>({ key, read, keyOf, pageSize, cadence }: Source<T>): Listed<T> {
  const cache = useQueryClient();
  const readDeepAt = useRef(0);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const before = cache.getQueryData<CursorList<T>>(key);
      const shown = before?.items.length ?? 0;
      const isDeep = shown > pageSize && Date.now() - readDeepAt.current >= readDeepEvery;
      const head = await read({ limit: isDeep ? Math.min(shown, largestPage) : pageSize }, signal);
      if (isDeep) {
        readDeepAt.current = Date.now();
      }

      const now = cache.getQueryData<CursorList<T>>(key);
      return withHead(now, before === undefined || now === undefined ? head : headWith(head, before, now, keyOf), keyOf);
    },
    ...(cadence ?? { staleTime: 60_000 }),
  });

  const cursor = query.data?.nextCursor ?? null;
  const older = useMutation({
    mutationFn: (from: string) => read({ limit: pageSize, cursor: from }),
    // The list may have started anew meanwhile: then the page belongs to what is there no more.
    onSuccess: (page, from) =>
      cache.setQueryData<CursorList<T>>(key, (list) => (list?.nextCursor === from ? withOlder(list, page, keyOf) : list)),
  });

  return {
    query,
    older: {
      load: cursor === null || older.isPending ? undefined : () => older.mutate(cursor),
      busy: older.isPending,
      error: older.error,
    },
  };
}
