import { MantineProvider } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ValidationReport } from "../../api/types";
import { ValidationPanel } from "./ValidationPanel";

const report: ValidationReport = {
  ok: false,
  strategy: "Cross",
  warmUp: 20,
  parameters: [],
  problems: [
    { line: 7, column: 9, code: "STRATEGY_ERROR", message: "ZeroDivisionError in on_fill, line 7: division by zero", severity: "error", check: "dry-run" },
    { line: null, column: null, code: "SF0204", message: "It emitted no signal.", severity: "info", check: "dry-run" },
  ],
  checks: [{ name: "compile", state: "passed" }, { name: "dry-run", state: "failed" }],
  dryRun: null,
};

afterEach(cleanup);

function show(examination: Partial<UseMutationResult<ValidationReport, Error, void>>) {
  const goTo = vi.fn<(line: number, column: number | null) => void>();
  const onCancel = vi.fn<() => void>();
  render(
    <MantineProvider env="test">
      <ValidationPanel
        examination={{ isPending: false, error: null, data: undefined, ...examination } as unknown as UseMutationResult<ValidationReport, Error, void>}
        onCancel={onCancel}
        outdated={false}
        goTo={goTo}
      />
    </MantineProvider>,
  );
  return { goTo, onCancel };
}

describe("what an examination found", () => {
  it("stands at its line, a click away", async () => {
    const { goTo } = show({ data: report });
    await userEvent.click(screen.getByRole("button", { name: "Go to line 7" }));
    expect(goTo).toHaveBeenCalledWith(7, 9);
    expect(screen.getAllByRole("button")).toHaveLength(1);
    expect(screen.getByText(/It can't run like this/)).toBeTruthy();
  });

  it("is nothing before one was asked for, and can be given up while it goes on", async () => {
    show({});
    expect(screen.queryByText("Validation")).toBeNull();
    cleanup();
    const { onCancel } = show({ isPending: true });
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(onCancel).toHaveBeenCalledOnce();
  });
});
