import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { Problem } from "../api/problem";
import { LoadOlder } from "./LoadOlder";

afterEach(cleanup);

it("says why older rows did not come, and tries again", async () => {
  const load = vi.fn<() => void>();
  render(
    <MantineProvider env="test">
      <LoadOlder load={load} busy={false} error={new Problem(503, "temporarily-unavailable", "A store does not answer.")} />
    </MantineProvider>,
  );
  expect(screen.getByRole("alert").textContent).toBe("A store does not answer.");

  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(load).toHaveBeenCalledOnce();
});
