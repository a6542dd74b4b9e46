import type { Fields } from "./fields";

/** What was typed and not saved. */
export interface Draft {
  /** The version it began from; null for a new strategy. */
  version: number | null;
  fields: Fields;
}

/** Drafts live as long as the tab, and only their owner gets them back: another user may sign in here. */
export const draftKey = (userId: string | undefined, strategyId: string): string => `sf-draft:${userId ?? ""}:${strategyId}`;

export function readDraft(key: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as Draft | null;
  } catch {
    // Storage is off, or full of something else: then there is none.
    return null;
  }
}

/** Keeps a draft; null drops the one that is kept. */
export function keepDraft(key: string, draft: Draft | null): void {
  try {
    if (draft === null) {
      sessionStorage.removeItem(key);
    } else {
      sessionStorage.setItem(key, JSON.stringify(draft));
    }
  } catch {
    // Storage is off or full: the question before leaving is left.
  }
}
