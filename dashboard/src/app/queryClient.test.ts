import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { problemOf } from "../api/problem";
import { useLink } from "../live/linkStore";
import { makeQueryClient } from "./queryClient";

// What was heard is kept for the page's life, so each test begins after the one before.
let began = Date.now();
beforeEach(() => void vi.useFakeTimers({ now: (began += 60_000) }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const link = () => renderHook(() => useLink()).result.current.state.kind;

async function answerWith(status: number, body: unknown): Promise<void> {
  vi.advanceTimersByTime(1_000);
  const error = problemOf(new Response(null, { status }), body);
  await makeQueryClient(() => undefined)
    .fetchQuery({ queryKey: ["portfolio"], queryFn: () => Promise.reject(error), retry: false })
    .catch(() => undefined);
}

it("takes an answer of the gateway for a sign of life, even a refusal, and a proxy's for none", async () => {
  await answerWith(503, { code: "temporarily-unavailable" });
  expect(link()).toBe("live");

  await answerWith(502, "<html>Bad Gateway</html>");
  expect(link()).toBe("offline");

  await answerWith(404, { code: "unknown-session" });
  expect(link()).toBe("live");

  await answerWith(504, undefined);
  expect(link()).toBe("offline");
});

it("hears a gateway on the same machine where that has no network", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  await answerWith(404, { code: "unknown-session" });

  expect(link()).toBe("live");
});
