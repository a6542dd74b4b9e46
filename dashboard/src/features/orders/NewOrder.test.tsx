import { notifications } from "@mantine/notifications";
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { showPage, standInGateway } from "../../testing/showPage";
import { NewOrder } from "./NewOrder";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

interface Sent {
  body: unknown;
  key: string | null;
}

/** Opens the ticket over a gateway that answers as told, one after the other; gives what it was sent. */
async function open(...answers: (() => Response)[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  standInGateway(async (_, __, request) => {
    if (request.method !== "POST") {
      return undefined;
    }

    sent.push({ body: await request.json(), key: request.headers.get("Idempotency-Key") });
    return answers[sent.length - 1]?.();
  });
  showPage(NewOrder);
  await userEvent.click(await screen.findByRole("button", { name: "New order" }));
  await userEvent.type(await screen.findByLabelText("Symbol"), "spy");
  await userEvent.type(screen.getByLabelText("Quantity"), "10");
  return sent;
}

const taken = () => Response.json({ id: "1", side: "buy", qty: "10", symbol: "SPY", type: "market", leg: null }, { status: 201 });
const refusal = (status: number, body: object) => () => Response.json(body, { status });
const submit = () => userEvent.click(screen.getByRole("button", { name: "Buy 10 SPY" }));

it("says what it will do, does it once, and says what was taken in", async () => {
  const show = vi.spyOn(notifications, "show");
  const sent = await open(taken);
  await submit();

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent.map(({ body }) => body)).toEqual([{ symbol: "SPY", side: "buy", type: "market", qty: "10", time_in_force: "day" }]);
  expect(show).toHaveBeenCalledExactlyOnceWith({ message: "Taken in: buy 10 SPY, market." });
});

it("goes out under the same key after a lost answer", async () => {
  const sent = await open(refusal(503, { code: "outcome-unknown", detail: "Look first." }), taken);
  await submit();
  await screen.findByRole("alert");
  await submit();

  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[0]!.key).toMatch(/^[0-9a-f]{32}$/);
  expect(sent[1]!.key).toBe(sent[0]!.key);
});

it("shows what was refused at the field it is about, and nowhere else, also once that is written anew", async () => {
  await open(refusal(400, { code: "BAD_QUANTITY", detail: "BAD_QUANTITY: quantity=10 step=100" }));
  await submit();

  expect(await screen.findByText("The quantity has to be a multiple of 100.")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();

  await userEvent.type(screen.getByLabelText("Quantity"), "0");
  expect(screen.queryByText(/multiple of 100/)).toBeNull();
  expect(screen.queryByRole("alert")).toBeNull();
});

it.each([
  [{ code: "INSUFFICIENT_FUNDS", detail: "INSUFFICIENT_FUNDS: required=1724.12 available=310.5" }, "Not enough available cash: it may cost $1,724.12, and $310.50 is free."],
  [{ code: "TRADING_PAUSED", detail: "TRADING_PAUSED: new orders are not taken now" }, "Trading is paused by a switch: no order is taken."],
  // The ticket has no field for it.
  [{ code: "invalid-request", detail: "order_class: has to be simple.", errors: { order_class: ["has to be simple."] } }, "order_class: has to be simple."],
])("says a refusal that is about the whole order as a sentence: %o", async (body, text) => {
  await open(refusal(400, body));
  await submit();

  expect((await screen.findByRole("alert")).textContent).toBe(text);
});

it("asks for the prices of the kind of order that is chosen", async () => {
  await open();
  expect(screen.queryByLabelText("Limit, USD")).toBeNull();

  await userEvent.click(screen.getByRole("combobox", { name: "Order" }));
  await userEvent.click(await screen.findByRole("option", { name: "Stop with limit" }));
  expect(screen.getByLabelText("Limit, USD")).toBeTruthy();
  expect(screen.getByLabelText("Stop, USD")).toBeTruthy();
  expect(screen.queryByText("Value")).toBeNull();
});
