import type { Page } from "./types";

/** A list read newest first by cursor: its head is asked for again and again, its older rows only on demand. */
export interface CursorList<T> {
  items: readonly T[];
  /** Where the rows older than these begin; null when there are none. */
  nextCursor: string | null;
  /** Where the pages that came ended, newest first: only there is it known how to ask for what follows. */
  ends: readonly PageEnd[];
}

interface PageEnd {
  /** Key of the page's last row. */
  key: string;
  /** Where the rows behind it begin. */
  cursor: string;
}

/** Rows kept at most; beyond it the oldest go. */
export const most = 2_000;

/**
 * Takes in the newest page again: rows seen before are replaced, since their state may have changed, new ones come in front, and those
 * that the page should have and has not are gone. Only what stood behind the page's last row is older. When that row is not known,
 * rows in between may be missing: the list starts anew from the page.
 */
export function withHead<T>(list: CursorList<T> | undefined, head: Page<T>, keyOf: (row: T) => string): CursorList<T> {
  const { items, nextCursor } = head;
  const last = items.at(-1);
  const ends = last === undefined || nextCursor === null ? [] : [{ key: keyOf(last), cursor: nextCursor }];
  const lastAt = list === undefined || ends.length === 0 ? -1 : list.items.findIndex((row) => keyOf(row) === ends[0]?.key);
  if (list === undefined || lastAt < 0) {
    return { items, nextCursor, ends };
  }

  const inHead = new Set(items.map(keyOf));
  const older = list.items.slice(lastAt + 1).filter((row) => !inHead.has(keyOf(row)));
  if (older.length === 0) {
    return { items, nextCursor, ends };
  }

  const kept = new Set(older.map(keyOf));
  return cut({ items: [...items, ...older], nextCursor: list.nextCursor, ends: [...ends, ...list.ends.filter(({ key }) => kept.has(key))] }, keyOf);
}

/** A page together with the rows that came in front of the list while it was read, which it can't know. */
export function headWith<T>(head: Page<T>, before: CursorList<T>, now: CursorList<T>, keyOf: (row: T) => string): Page<T> {
  const first = before.items[0];
  const count = first === undefined ? now.items.length : now.items.findIndex((row) => keyOf(row) === keyOf(first));
  const inHead = new Set(head.items.map(keyOf));
  const came = now.items.slice(0, Math.max(count, 0)).filter((row) => !inHead.has(keyOf(row)));
  return { ...head, items: [...came, ...head.items] };
}

/** Puts rows in front that are newer than all that are there, newest first. */
export const withNewest = <T>(list: CursorList<T>, rows: readonly T[], keyOf: (row: T) => string): CursorList<T> =>
  rows.length === 0 ? list : cut({ ...list, items: [...rows, ...list.items] }, keyOf);

/** Puts an older page behind what is there. */
export function withOlder<T>(list: CursorList<T>, older: Page<T>, keyOf: (row: T) => string): CursorList<T> {
  const known = new Set(list.items.map(keyOf));
  const items = [...list.items, ...older.items.filter((row) => !known.has(keyOf(row)))];
  const last = items.at(-1);
  const { nextCursor } = older;
  return { items, nextCursor, ends: last === undefined || nextCursor === null ? list.ends : [...list.ends, { key: keyOf(last), cursor: nextCursor }] };
}

/**
 * Lets the oldest rows go, as far as a page's end, so that what follows can be asked for again. Where no page ended among the rows that
 * stay, it can't: then the list ends there, rather than have a hole.
 */
function cut<T>(list: CursorList<T>, keyOf: (row: T) => string): CursorList<T> {
  if (list.items.length <= most) {
    return list;
  }

  const items = list.items.slice(0, most);
  const places = new Map(items.map((row, index) => [keyOf(row), index]));
  const ends = list.ends.filter(({ key }) => places.has(key));
  const end = ends.at(-1);
  return end === undefined
    ? { items, nextCursor: null, ends }
    : { items: items.slice(0, (places.get(end.key) ?? 0) + 1), nextCursor: end.cursor, ends };
}
