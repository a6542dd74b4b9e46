import { renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "./problem";
import { type OnceHeaders, useOnce } from "./useOnce";

const refusal = (status: number, code = "x") => new Problem(status, code, "No.");

/** Sends bodies one after the other, each answered as told; gives the keys they went out under. */
async function keysOf(...tries: (readonly [body: object, answer: Problem | "done"])[]): Promise<string[]> {
  const send = vi.fn<(body: object, headers: OnceHeaders) => Promise<string>>();
  const { result } = renderHook(() => useOnce(send));
  for (const [body, answer] of tries) {
    send.mockImplementationOnce(() => (answer === "done" ? Promise.resolve(answer) : Promise.reject(answer)));
    await result.current(body).catch(() => undefined);
  }

  return send.mock.calls.map(([, headers]) => headers["Idempotency-Key"]);
}

describe("a wish that is sent again", () => {
  it.each([
    ["no answer", refusal(0)],
    ["a fault of the gateway", refusal(503)],
    ["the end of the sign-in", refusal(401)],
    ["too many requests", refusal(429)],
    ["the first still under way", refusal(409, "request-in-progress")],
  ])("goes out under the same key after %s", async (_, answer) => {
    const [first, second] = await keysOf([{ symbol: "SPY" }, answer], [{ symbol: "SPY" }, "done"]);

    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
  });

  it.each([
    ["it was done", "done"],
    ["it was refused: what stood in the way may be gone", refusal(409, "too-many-sessions")],
  ] as const)("is a new one once %s", async (_, answer) => {
    const [first, second] = await keysOf([{ symbol: "SPY" }, answer], [{ symbol: "SPY" }, "done"]);

    expect(second).not.toBe(first);
  });

  it("is another one when it was changed", async () => {
    const [first, second] = await keysOf([{ symbol: "SPY" }, refusal(0)], [{ symbol: "QQQ" }, "done"]);

    expect(second).not.toBe(first);
  });
});
