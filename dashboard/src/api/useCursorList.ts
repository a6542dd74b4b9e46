import { type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type CursorList, withHead, withOlder } from "./cursorList";
import type { Page } from "./types";

interface Source<T> {
  key: readonly unknown[];
  read: (query: { limit: number; cursor?: string }, signal?: AbortSignal) => Promise<Page<T>>;
  keyOf: (row: T) => string;
  pageSize: number;
  /** From live/cadence.ts, or nothing for a list that changes no more. */
  cadence?: { refetchInterval: number | (() => number); staleTime: number } | undefined;
}

interface Listed<T> {
  query: UseQueryResult<CursorList<T>>;
  /** Reads the next older page; undefined when there is none. */
  loadOlder: (() => void) | undefined;
  loadingOlder: boolean;
}

/** A list whose head stays fresh and which grows at its old end. */
export function useCursorList<T>({ key, read, keyOf, pageSize, cadence }: Source<T>): Listed<T> {
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const head = await read({ limit: pageSize }, signal);
      return withHead(cache.getQueryData<CursorList<T>>(key), head, keyOf);
    },
    ...(cadence ?? { staleTime: 60_000 }),
  });

  const older = useMutation({
    mutationFn: (cursor: string) => read({ limit: pageSize, cursor }),
    onSuccess: (page) =>
      cache.setQueryData<CursorList<T>>(key, (list) => (list === undefined ? page : withOlder(list, page, keyOf))),
  });

  const cursor = query.data?.nextCursor ?? null;
  return {
    query,
    loadOlder: cursor === null || older.isPending ? undefined : () => older.mutate(cursor),
    loadingOlder: older.isPending,
  };
}
