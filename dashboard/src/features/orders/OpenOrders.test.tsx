import { notifications } from "@mantine/notifications";
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mostOrders } from "../../api/queries";
import type { Order, Session } from "../../api/types";
import { showPage, standInGateway } from "../../testing/showPage";
import { OpenOrders, SessionOrders } from "./OpenOrders";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const order = (id: string, terms: Partial<Order> = {}): Order =>
  ({
    id, symbol: "SPY", side: "buy", type: "limit", qty: "10", filled_qty: "0", limit_price: "187.5", time_in_force: "day", status: "accepted",
    created_at: new Date(Date.now() - 125_000).toISOString(), session_id: null, legs: null, leg: null, order_class: "", ...terms,
  }) as Order;

const session = { id: "s1", strategyName: "Cross" } as Session;
const row = (text: string) => screen.getByRole("row", { name: new RegExp(text) });
const button = (text: string) => within(row(text)).getByRole("button");

/** A gateway that lists what is told; gives what it was asked to take back. */
function listing(read: () => readonly Order[] | Response, onDelete: (path: string) => Response): string[] {
  const taken: string[] = [];
  standInGateway((path, query, { method }) => {
    if (method === "DELETE") {
      taken.push(path);
      return onDelete(path);
    }

    return path === "/trade/orders" ? read() : query.get("open") === "true" ? { items: [session], nextCursor: null } : undefined;
  });
  return taken;
}

const done = () => new Response(null, { status: 204 });

describe("open orders", () => {
  it("say what they are, how far they have come and who ordered them", async () => {
    const exits = [
      order("2", { type: "limit", limit_price: "200", leg: "take_profit", status: "held" }),
      order("3", { type: "stop", limit_price: null, stop_price: "170", leg: "stop_loss", status: "canceled" }),
    ];
    listing(() => [order("1", { filled_qty: "4", status: "partially_filled", session_id: "s1", order_class: "bracket", legs: exits })], done);
    showPage(OpenOrders);

    await screen.findByText("Cross");
    const text = row("SPY").textContent;
    expect(text).toContain("Buy 10 SPY");
    expect(text).toContain("limit 187.50");
    expect(text).toContain("take profit: limit 200.00");
    expect(text).not.toContain("stop loss");
    expect(text).toContain("until the close");
    expect(within(row("SPY")).getAllByRole("cell").map((cell) => cell.textContent)).toEqual(expect.arrayContaining(["4", "Partly filled", "2 min"]));
  });

  it("are told to be none where none is, with nothing to cancel", async () => {
    listing(() => [], done);
    showPage(OpenOrders);

    expect(await screen.findByText(/No order is open/)).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("that did not come are an error of this panel", async () => {
    listing(() => new Response(JSON.stringify({ code: "temporarily-unavailable", detail: "A store does not answer." }), { status: 503 }), done);
    showPage(OpenOrders);

    expect((await screen.findByRole("alert")).textContent).toContain("A store does not answer.");
  });

  it("of a session are its own alone", async () => {
    listing(() => [order("1"), order("2", { symbol: "QQQ", session_id: "s1" }), order("3", { symbol: "DIA", session_id: "s2" })], done);
    showPage(() => <SessionOrders session={session} />);

    await screen.findByText("QQQ");
    expect(screen.getAllByRole("row")).toHaveLength(2);
    expect(screen.queryByRole("button", { name: "Cancel all" })).toBeNull();
  });

  it("of which there are more than the gateway lists are said to be so, also where none of them is shown", async () => {
    listing(() => Array.from({ length: mostOrders }, (_, i) => order(String(i))), done);
    showPage(() => <SessionOrders session={session} />);

    expect(await screen.findByText(/Only your newest 500/)).toBeTruthy();
    expect(screen.queryByText(/No order/)).toBeNull();
  });
});

describe("an order that is canceled", () => {
  it("is being canceled until it is gone, and is not asked back twice", async () => {
    let orders = [order("1"), order("2", { symbol: "QQQ" })];
    const taken = listing(() => orders, done);
    showPage(OpenOrders);
    await screen.findByText("SPY");
    await userEvent.click(button("SPY"));

    expect(await screen.findByText("Canceling")).toBe(within(row("SPY")).getByText("Canceling"));
    expect(button("SPY")).toHaveProperty("disabled", true);
    expect(button("QQQ")).toHaveProperty("disabled", false);
    expect(taken).toEqual(["/trade/orders/1"]);

    orders = [order("2", { symbol: "QQQ" })];
    await userEvent.click(button("QQQ"));
    await waitFor(() => expect(screen.queryByText("SPY")).toBeNull());
  });

  it("is so wherever it is shown", async () => {
    listing(() => [order("1", { session_id: "s1" })], done);
    showPage(() => (
      <>
        <OpenOrders />
        <SessionOrders session={session} />
      </>
    ));
    const [first] = await screen.findAllByRole("button", { name: "Cancel: buy 10 SPY" });
    await userEvent.click(first!);

    expect(await screen.findAllByText("Canceling")).toHaveLength(2);
  });

  it("too late says so, and is looked at again", async () => {
    let orders = [order("1"), order("2", { symbol: "QQQ" })];
    listing(
      () => orders,
      () => {
        orders = [order("2", { symbol: "QQQ" })];
        return new Response(JSON.stringify({ code: "order-is-over", detail: 'order is already in "filled" state' }), { status: 422 });
      },
    );
    const show = vi.spyOn(notifications, "show");
    showPage(OpenOrders);
    await screen.findByText("SPY");
    await userEvent.click(button("SPY"));

    await waitFor(() => expect(screen.queryByText("SPY")).toBeNull());
    expect(show).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: expect.stringMatching(/^Too late/) as string }));
    expect(screen.queryByText("Canceling")).toBeNull();
  });

  it("stays one to cancel when that was refused", async () => {
    listing(
      () => [order("1")],
      () => new Response(JSON.stringify({ code: "temporarily-unavailable", detail: "Nobody keeps the books." }), { status: 503 }),
    );
    const show = vi.spyOn(notifications, "show");
    showPage(OpenOrders);
    await screen.findByText("SPY");
    await userEvent.click(button("SPY"));

    await waitFor(() => expect(show).toHaveBeenCalled());
    await waitFor(() => expect(button("SPY")).toHaveProperty("disabled", false));
  });
});

describe("canceling all", () => {
  it("asks first", async () => {
    const taken = listing(() => [order("1")], () => Response.json([{ id: "1", status: 200 }]));
    showPage(OpenOrders);
    await userEvent.click(await screen.findByRole("button", { name: "Cancel all" }));
    await screen.findByRole("dialog");
    expect(taken).toEqual([]);

    await userEvent.click(screen.getByRole("button", { name: "Cancel all orders" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(taken).toEqual(["/trade/orders"]);
    expect(await screen.findByText("Canceling")).toBeTruthy();
  });
});
