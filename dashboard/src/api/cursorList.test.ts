import { describe, expect, it } from "vitest";
import { type CursorList, most, withHead, withNewest, withOlder } from "./cursorList";
import type { Page } from "./types";

interface Row {
  id: string;
  state?: string;
}

const keyOf = ({ id }: Row): string => id;
const page = (ids: string | readonly string[], nextCursor: string | null): Page<Row> => ({ items: [...ids].map((id) => ({ id })), nextCursor });
const first = (ids: string | readonly string[], nextCursor: string | null): CursorList<Row> => withHead(undefined, page(ids, nextCursor), keyOf);
const ids = (list: CursorList<Row>): string => list.items.map(keyOf).join("");
const numbers = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(from - i));

describe("a list read newest first", () => {
  it("takes new rows in front and keeps the older ones that were asked for", () => {
    const list = withOlder(first("dc", "c1"), page("ba", null), keyOf);
    const fresh = withHead(list, page("ed", "c2"), keyOf);

    expect(ids(fresh)).toBe("edcba");
    expect(fresh.nextCursor).toBeNull();
  });

  it("shows a row as it is now, not as it was", () => {
    const list = withHead(first("ba", "c1"), { items: [{ id: "b", state: "filled" }, { id: "a" }], nextCursor: "c1" }, keyOf);

    expect(list.items[0]?.state).toBe("filled");
    expect(ids(list)).toBe("ba");
  });

  it("starts anew when rows between the head and the rest are missing", () => {
    const list = withHead(first("ba", "c1"), page("zy", "c9"), keyOf);

    expect(ids(list)).toBe("zy");
    expect(list.nextCursor).toBe("c9");
  });

  it("lets a row go that the head should have and has not", () => {
    const list = withOlder(first("fed", "c1"), page("cba", null), keyOf);

    expect(ids(withHead(list, page("fdc", "c2"), keyOf))).toBe("fdcba");
  });

  it("starts anew when the head reaches behind what is known", () => {
    const list = withHead(first("fed", "c1"), page("fdc", "c2"), keyOf);

    expect(ids(list)).toBe("fdc");
    expect(list.nextCursor).toBe("c2");
  });

  it("moves a row to the front without doubling it or losing its neighbours", () => {
    const list = withOlder(first("dc", "c1"), page("ba", "c2"), keyOf);
    const fresh = withHead(list, page("ad", "c3"), keyOf);

    expect(ids(fresh)).toBe("adcb");
    expect(fresh.nextCursor).toBe("c2");
  });

  it("is the head alone when the head is all there is", () => {
    expect(ids(withHead(first("cba", "c1"), page("cb", null), keyOf))).toBe("cb");
  });

  it("never holds a row twice", () => {
    expect(ids(withOlder(first("dc", "c1"), page("cb", null), keyOf))).toBe("dcb");
  });
});

describe("a list that grew too long", () => {
  it("ends where a page ended, and can be asked for what follows there", () => {
    const pages = withOlder(first(numbers(2_000, 1_000), "behind 1001"), page(numbers(1_000, 1_000), "behind 1"), keyOf);
    const grown = withHead(pages, page(numbers(2_001, 1_000), "behind 1002"), keyOf);

    expect(grown.items.at(-1)?.id).toBe("1001");
    expect(grown.nextCursor).toBe("behind 1001");
  });

  it("does so too when rows come one by one", () => {
    const pages = withOlder(first(numbers(2_000, 1_000), "behind 1001"), page(numbers(1_000, 1_000), "behind 1"), keyOf);
    const grown = withNewest(pages, page(["2001"], null).items, keyOf);

    expect(grown.items.length).toBe(1_001);
    expect(grown.nextCursor).toBe("behind 1001");
  });

  it("offers nothing older where it is not known how to ask", () => {
    const grown = withNewest(first(["0"], "behind 0"), page(numbers(3_000, most), null).items, keyOf);

    expect(grown.items.length).toBe(most);
    expect(grown.nextCursor).toBeNull();
  });
});
