import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sessionsQuery, webhooksQuery } from "../../api/queries";
import type { AlertRule } from "../../api/types";
import { AlertForm } from "./AlertForm";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const rule: AlertRule = {
  id: "a1", name: "Apple is dear", kind: "price_above", symbol: "AAPL", sessionId: null, level: "10", hysteresis: "0.01", repeats: true,
  coolDownSeconds: 60, enabled: true, muted: false, webhookIds: [], state: "waiting", firings: 0, lastFiredAt: null, createdAt: "2026-01-01T00:00:00Z",
};

/** The form, with a gateway behind it that refuses to answer so many times. */
function open(alert: AlertRule | null, silences = 0) {
  const sent: { body: Record<string, unknown>; key: string | null }[] = [];
  let left = silences;
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push({ body: (await request.json()) as Record<string, unknown>, key: request.headers.get("Idempotency-Key") });
    left -= 1;
    if (left >= 0) {
      throw new TypeError("Failed to fetch");
    }

    return new Response(JSON.stringify(rule), { headers: { "Content-Type": "application/json" } });
  });
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, refetchInterval: false, retry: false } } });
  client.setQueryData(sessionsQuery(100).queryKey, { items: [], nextCursor: null });
  client.setQueryData(webhooksQuery.queryKey, { items: [] });
  client.setQueryData(["me"], { id: "7", role: "user" });
  const onClose = vi.fn<() => void>();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        <AlertForm alert={alert} opened onClose={onClose} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { sent, onClose };
}

const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);

async function write(label: string, text: string): Promise<void> {
  await userEvent.clear(field(label));
  if (text !== "") {
    await userEvent.type(field(label), text);
  }
}

async function choose(kind: string): Promise<void> {
  await userEvent.click(screen.getByRole("combobox", { name: "When" }));
  await userEvent.click(await screen.findByRole("option", { name: kind }));
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

describe("an alert's form", () => {
  it("does not judge a cool-down that it no longer shows", async () => {
    const { sent, onClose } = open(null);
    await write("Name", "Dear");
    await write("Symbol", "aapl");
    await write("Price (USD)", "200");
    await userEvent.click(screen.getByText("Every time"));
    await write("Silent after it fired, seconds", "");
    await userEvent.click(screen.getByText("Once"));
    await press("Make the alert");

    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent[0]?.body).toEqual({ name: "Dear", kind: "price_above", symbol: "AAPL", level: "200", repeats: false, webhookIds: [] });
  });

  it("does not judge or send a level that it no longer shows", async () => {
    const { sent, onClose } = open(null);
    await write("Name", "Failed");
    await write("Has to come back by", "a little");
    await choose("A session fails");
    await press("Make the alert");

    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent[0]?.body).toEqual({ name: "Failed", kind: "session_failed", sessionId: null, repeats: false, webhookIds: [] });
  });

  it("makes one alert however often it is pressed after a lost answer", async () => {
    const { sent, onClose } = open(null, 1);
    await write("Name", "Dear");
    await write("Symbol", "AAPL");
    await write("Price (USD)", "200");
    await press("Make the alert");
    expect((await screen.findByRole("alert")).textContent).toMatch(/trying again as it stands here is safe/);
    await press("Make the alert");

    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent[0]?.key).toBeTruthy();
    expect(sent[1]?.key).toBe(sent[0]?.key);
  });

  it("sends a changed level alone, so that what the level chose goes with it", async () => {
    const { sent, onClose } = open(rule);
    await write("Price (USD)", "60000");
    await press("Save");

    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent[0]?.body).toEqual({ name: "Apple is dear", level: "60000", repeats: true, coolDownSeconds: 60, webhookIds: [] });
  });

  it("says that an alert can't go without a way back, instead of keeping the old one in silence", async () => {
    const { sent } = open(rule);
    await write("Has to come back by", "");
    await press("Save");

    expect(await screen.findByText("Write a number.")).toBeTruthy();
    expect(sent).toHaveLength(0);
  });
});
