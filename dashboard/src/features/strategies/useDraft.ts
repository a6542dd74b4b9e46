import { useDebouncedCallback } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { meQuery } from "../../api/queries";
import type { Strategy } from "../../api/types";
import { type Draft, draftKey, keepDraft, readDraft } from "./draft";
import { type Fields, fieldsOf, same } from "./fields";

/** How long typing pauses before it is written down: writing at each key would be felt in long code. */
const pause = 500;

/**
 * Keeps what is typed until it is saved, also when the sign-in ends or the page is loaded anew.
 * @param origin What the form was filled from; null for a new strategy.
 * @param typed What it holds and is not saved; null: all of it is.
 */
export function useDraft(origin: Strategy | null, typed: Fields | null) {
  const cache = useQueryClient();
  // As it was when the form opened: when the sign-in ends, nobody is known any more.
  const [userId] = useState(() => cache.getQueryData(meQuery.queryKey)?.id);
  const key = draftKey(userId, origin?.id ?? "new");
  const [found, setFound] = useState(() => ({ key, draft: readDraft(key) }));
  const offered: Draft | null = found.key === key ? found.draft : null;
  const version = origin?.version ?? null;
  const keep = useDebouncedCallback(keepDraft, { delay: pause, flushOnUnmount: true });

  useEffect(() => {
    // An offer that was not answered yet stays until something newer is typed.
    keep(key, typed === null ? offered : { version, fields: typed });
  }, [key, version, typed, offered, keep]);

  return {
    /** What was left here, to go on with; null where it is what is saved. */
    offered: offered !== null && same(offered.fields, fieldsOf(origin)) ? null : offered,
    /** The offer was taken, or refused. */
    settle: () => setFound({ key, draft: null }),
    /** What was typed is saved under another key, or given up: it is not offered again. */
    drop: () => {
      keep.cancel();
      keepDraft(key, offered);
    },
  };
}
