import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { meQuery } from "../../api/queries";
import type { User } from "../../api/types";
import { safeReturnTo } from "../../lib/returnTo";

/** Signing in by either door: afterwards the page goes where its user wanted to go. */
export function useEntry<T>(enter: (fields: T) => Promise<{ user: User }>, returnTo: string | undefined, onFields: (faults: Record<string, string>) => void) {
  const cache = useQueryClient();
  const router = useRouter();
  const [wait, setWait] = useState(0);

  useEffect(() => {
    if (wait <= 0) {
      return undefined;
    }

    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);

  const entry = useMutation({
    mutationFn: enter,
    onSuccess: async ({ user }) => {
      // What an earlier user of this tab saw must not show through.
      cache.clear();
      cache.setQueryData(meQuery.queryKey, user);
      // An address, not a route name: it may carry search parameters of its own.
      router.history.push(router.basepath + safeReturnTo(returnTo));
    },
    onError: (error) => {
      if (error instanceof Problem) {
        onFields(error.fields);
        setWait(Math.ceil(error.retryAfter ?? 0));
      }
    },
  });

  return { enter: entry.mutate, busy: entry.isPending, error: entry.error, wait };
}
