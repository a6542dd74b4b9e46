import { describe, expect, it } from "vitest";
import { linkState, linkWords } from "./link";

const now = 1_000_000;

describe("the link", () => {
  it("is connecting until the first answer", () => {
    expect(linkState(now, null, null)).toEqual({ kind: "connecting" });
  });

  it("is live while answers come", () => {
    expect(linkState(now, now - 4_000, null)).toEqual({ kind: "live" });
  });

  it("is stale once they stop, and says for how long", () => {
    const state = linkState(now, now - 6_900, null);

    expect(linkWords(state)).toBe("Stale 6 s");
  });

  it("is offline from a request without an answer until the next answer", () => {
    expect(linkState(now, now - 2_000, now - 1_000)).toEqual({ kind: "offline" });
    expect(linkState(now, now - 500, now - 1_000)).toEqual({ kind: "live" });
  });
});
