import { describe, expect, it } from "vitest";
import { type CursorList, withHead, withOlder } from "./cursorList";

interface Row {
  id: string;
  state?: string;
}

const keyOf = ({ id }: Row): string => id;
const page = (ids: string, nextCursor: string | null): CursorList<Row> => ({ items: [...ids].map((id) => ({ id })), nextCursor });
const ids = (list: CursorList<Row>): string => list.items.map(keyOf).join("");

describe("a list read newest first", () => {
  it("takes new rows in front and keeps the older ones that were asked for", () => {
    const list = withOlder(page("dc", "c1"), page("ba", null), keyOf);
    const fresh = withHead(list, page("ed", "c2"), keyOf);

    expect(ids(fresh)).toBe("edcba");
    expect(fresh.nextCursor).toBeNull();
  });

  it("shows a row as it is now, not as it was", () => {
    const list = withHead(page("ba", "c1"), { items: [{ id: "b", state: "filled" }, { id: "a" }], nextCursor: "c1" }, keyOf);

    expect(list.items[0]?.state).toBe("filled");
    expect(ids(list)).toBe("ba");
  });

  it("starts anew when rows between the head and the rest are missing", () => {
    const list = withHead(page("ba", "c1"), page("zy", "c9"), keyOf);

    expect(ids(list)).toBe("zy");
    expect(list.nextCursor).toBe("c9");
  });

  it("is the head alone when the head is all there is", () => {
    expect(ids(withHead(page("cba", "c1"), page("cb", null), keyOf))).toBe("cb");
  });

  it("never holds a row twice", () => {
    expect(ids(withOlder(page("dc", "c1"), page("cb", null), keyOf))).toBe("dcb");
  });
});
