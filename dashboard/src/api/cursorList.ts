import type { Page } from "./types";

/** A list read newest first by cursor: its head is asked for again and again, its older rows only on demand. */
export interface CursorList<T> {
  items: readonly T[];
  /** Where the rows older than these begin; null when there are none. */
  nextCursor: string | null;
}

/** Rows kept at most; beyond it the oldest go and can be asked for again. */
const most = 2_000;

/**
 * Takes in the newest page again: rows seen before are replaced, since their state may have changed, new ones come in front.
 * When the page no longer touches what is known, rows in between are missing: the list starts anew from the page.
 */
export function withHead<T>(list: CursorList<T> | undefined, head: Page<T>, keyOf: (row: T) => string): CursorList<T> {
  if (list === undefined || head.nextCursor === null) {
    return head;
  }

  const keys = new Set(head.items.map(keyOf));
  const firstKnown = list.items.findIndex((row) => keys.has(keyOf(row)));
  if (firstKnown < 0) {
    return head;
  }

  const older = list.items.filter((row, index) => index > firstKnown && !keys.has(keyOf(row)));
  return older.length === 0 ? head : { items: [...head.items, ...older].slice(0, most), nextCursor: list.nextCursor };
}

/** Puts rows that just came in front, newest first; those that are there already stay where they are. */
export function withNewest<T>(list: CursorList<T>, rows: readonly T[], keyOf: (row: T) => string): CursorList<T> {
  const known = new Set(list.items.map(keyOf));
  const fresh = rows.filter((row) => !known.has(keyOf(row)));
  return fresh.length === 0 ? list : { ...list, items: [...fresh, ...list.items].slice(0, most) };
}

/** Puts an older page behind what is there. */
export function withOlder<T>(list: CursorList<T>, older: Page<T>, keyOf: (row: T) => string): CursorList<T> {
  const known = new Set(list.items.map(keyOf));
  return { items: [...list.items, ...older.items.filter((row) => !known.has(keyOf(row)))], nextCursor: older.nextCursor };
}
