import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { showPage, standInGateway } from "../../testing/showPage";
import { StrategyPage } from "./StrategyPage";

vi.mock("./StrategyForm", () => ({ StrategyForm: () => <p>the form</p> }));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("says that it loads, then what failed, also while it is asked for again, until it comes", async () => {
  const answers: ((answer: unknown) => void)[] = [];
  standInGateway(() => new Promise((resolve) => answers.push(resolve)));
  showPage(StrategyPage, "/strategies/$strategyId", "/strategies/3");
  expect(await screen.findByRole("status", { name: "Loading" })).toBeTruthy();

  answers[0]?.(new Response(JSON.stringify({ code: "unknown-strategy", detail: "No strategy 3." }), { status: 404 }));
  const alert = await screen.findByRole("alert");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(answers).toHaveLength(2);
  expect(screen.getByRole("alert")).toBe(alert);

  answers[1]?.({ id: "3" });
  expect(await screen.findByText("the form")).toBeTruthy();
});
