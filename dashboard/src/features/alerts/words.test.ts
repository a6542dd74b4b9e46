import { expect, it } from "vitest";
import { conditionText, kinds, rhythmText } from "./words";

const about = { symbol: null, sessionId: null, level: null };

it("says in a line what an alert waits for", () => {
  expect(conditionText({ ...about, kind: "price_above", symbol: "AAPL", level: "200" })).toBe("AAPL above 200.00");
  expect(conditionText({ ...about, kind: "pnl_below", level: "-500" })).toBe("Gain below \u2212$500.00");
  expect(conditionText({ ...about, kind: "drawdown", level: "50", sessionId: "0199" })).toBe("Drawdown above $50.00, one session");
  expect(conditionText({ ...about, kind: "session_failed" })).toBe("Any session fails");
});

it("has words for every kind that it offers", () => {
  for (const { value } of kinds) {
    expect(conditionText({ ...about, kind: value, symbol: "SPY", level: "1" })).not.toBe(value);
  }
});

it("says how often it fires", () => {
  expect(rhythmText({ repeats: false, coolDownSeconds: 60 })).toBe("once");
  expect(rhythmText({ repeats: true, coolDownSeconds: 0 })).toBe("every time");
  expect(rhythmText({ repeats: true, coolDownSeconds: 60 })).toBe("every time, 1 min apart");
});
