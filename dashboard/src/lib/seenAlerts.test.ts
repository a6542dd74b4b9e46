import { beforeEach, expect, it, vi } from "vitest";
import { countUnseen, noteSeen, onSeen, seenUntil } from "./seenAlerts";

beforeEach(() => localStorage.clear());

const fired = (firedAt: string, isMuted = false) => ({ firedAt, isMuted });

it("counts what was told after the newest that was shown", () => {
  const firings = [fired("2026-01-05T16:00:02.5Z"), fired("2026-01-05T16:00:02Z"), fired("2026-01-05T16:00:01Z", true)];

  expect(countUnseen(firings, "")).toBe(2);
  expect(countUnseen(firings, "2026-01-05T16:00:02Z")).toBe(1);
});

it("never goes back, tells who listens, and keeps users apart", () => {
  const heard = vi.fn<() => void>();
  const stop = onSeen(heard);

  noteSeen("ada", "2026-01-05T16:00:02.5Z");
  noteSeen("ada", "2026-01-05T16:00:02Z");
  stop();

  expect(seenUntil("ada")).toBe("2026-01-05T16:00:02.5Z");
  expect(seenUntil("bob")).toBe("");
  expect(heard).toHaveBeenCalledOnce();
});
