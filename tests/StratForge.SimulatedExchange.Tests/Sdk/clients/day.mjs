// One day of trading, told in the words of both clients: each hands in a `broker` with the same verbs.
import assert from "node:assert/strict";
import { chapter, pass } from "./conductor.mjs";

const number = (text) => Number(text);

export async function live(broker) {
  await look(broker);
  await broker.openStreams();
  await trade(broker);
  await chapter("core");
  await beRefused(broker);
  await groups(broker);
  await readHistory(broker);
  await listen(broker);
  await keepLists(broker);
  await settle(broker);
  await broker.extras();
  broker.closeStreams();
  await chapter("end");
}

async function look(broker) {
  const account = await broker.account();
  assert.deepEqual([account.status, account.cash, account.buyingPower, account.multiplier], ["ACTIVE", "100000", "400000", "4"]);
  assert.deepEqual(await broker.assetSymbols("us_equity"), ["SPY", "AAPL", "MSFT"]);
  const coin = await broker.asset("BTC/USD");
  assert.deepEqual([coin.symbol, coin.class, coin.exchange, coin.tradable], ["BTC/USD", "crypto", "CRYPTO", true]);
  await refusal(broker.asset("NOBODY"), 404, 40410000, "asset not found for NOBODY");

  const clock = await broker.clock();
  assert.equal(clock.isOpen, true);
  assert.equal(clock.nextClose.toISOString(), "2014-06-02T20:00:00.000Z");
  assert.equal(clock.nextOpen.toISOString(), "2014-06-03T13:30:00.000Z");
  const days = await broker.calendar("2014-07-01", "2014-07-07");
  assert.deepEqual(days, [
    { date: "2014-07-01", open: "09:30", close: "16:00" },
    { date: "2014-07-02", open: "09:30", close: "16:00" },
    { date: "2014-07-03", open: "09:30", close: "13:00" },
    { date: "2014-07-07", open: "09:30", close: "16:00" },
  ]);

  assert.equal((await broker.configure({ no_shorting: true })).noShorting, true);
  assert.equal((await broker.configure({ no_shorting: false })).noShorting, false);
  await chapter("look");
}

// The same orders that the test itself gives through its own client, so that the two accounts can be compared.
async function trade(broker) {
  const first = await broker.submit({ symbol: "SPY", qty: 10, side: "buy", type: "market", time_in_force: "day", client_order_id: "core-market" });
  assert.deepEqual([first.status, first.class, first.qty, first.notional], ["pending_new", "", "10", null]);
  const fill = await event(broker, "fill", "core-market");
  assert.deepEqual([fill.price, fill.qty, fill.positionQty, fill.order.status], ["100", "10", "10", "filled"]);
  assert.match(fill.executionId, /^[0-9a-f-]{36}$/);
  assert.deepEqual(eventsOf(broker, "core-market"), ["pending_new", "new", "fill"]);

  const resting = await broker.submit({ symbol: "SPY", qty: 5, side: "buy", type: "limit", limit_price: 99.5, time_in_force: "gtc", client_order_id: "core-limit" });
  assert.deepEqual((await broker.openOrders()).map((order) => order.client), ["core-limit"]);
  const next = await broker.replace(resting.id, { limit_price: "99", client_order_id: "core-limit-2" });
  assert.notEqual(next.id, resting.id);
  assert.equal(next.replaces, resting.id);
  assert.equal((await broker.order(resting.id)).status, "replaced");
  await event(broker, "replaced", "core-limit");
  await event(broker, "new", "core-limit-2");

  const unwanted = await broker.submit({ symbol: "SPY", qty: 1, side: "buy", type: "limit", limit_price: 90, time_in_force: "day", client_order_id: "core-cancel" });
  await broker.cancel(unwanted.id);
  await event(broker, "canceled", "core-cancel");
  await refusal(broker.cancel(unwanted.id), 422, 42210000, 'order is already in "canceled" state');

  const worth = await broker.submit({ symbol: "AAPL", notional: 25.5, side: "buy", type: "market", time_in_force: "day", client_order_id: "core-notional" });
  assert.deepEqual([worth.qty, worth.notional], [null, "25.5"]);
  assert.equal((await event(broker, "fill", "core-notional")).qty, "0.51");

  await broker.submit({ symbol: "BTC/USD", qty: 0.1, side: "buy", type: "market", time_in_force: "gtc", client_order_id: "core-crypto" });
  assert.equal((await event(broker, "fill", "core-crypto")).order.filledQty, "0.1");
  const coins = (await broker.positions()).find((position) => position.symbol === "BTCUSD");
  assert.deepEqual([coins.qty, coins.side, coins.class], ["0.09975", "long", "crypto"]);

  await broker.submit({ symbol: "MSFT", qty: 5, side: "sell", type: "market", time_in_force: "day", client_order_id: "core-short" });
  assert.equal((await event(broker, "fill", "core-short")).positionQty, "-5");
  assert.deepEqual(pick(await broker.position("MSFT")), ["-5", "short"]);

  await pass(240);
  assert.equal((await event(broker, "fill", "core-limit-2")).price, "99");
  await broker.submit({ symbol: "SPY", qty: 5, side: "sell", type: "stop", stop_price: 98.5, time_in_force: "day", client_order_id: "core-stop" });

  await pass(60);
  assert.equal((await event(broker, "fill", "core-stop")).price, "98");
  await broker.submit({ symbol: "SPY", qty: 2, side: "buy", type: "stop_limit", stop_price: 104, limit_price: 106, time_in_force: "day", client_order_id: "core-stop-limit" });

  await pass(120);
  assert.equal((await event(broker, "fill", "core-stop-limit")).price, "105");
  const trail = await broker.submit({ symbol: "SPY", qty: 4, side: "sell", type: "trailing_stop", trail_price: 2, time_in_force: "day", client_order_id: "core-trail" });
  assert.deepEqual([trail.status, trail.hwm, trail.stop], ["new", "105", "103"]);

  await pass(120);
  assert.equal((await event(broker, "fill", "core-trail")).price, "102");
  await broker.submit({ symbol: "SPY", qty: 1, side: "buy", type: "limit", limit_price: 90, time_in_force: "ioc", client_order_id: "core-ioc" });
  await event(broker, "canceled", "core-ioc");
  await broker.submit({ symbol: "SPY", qty: 1, side: "buy", type: "limit", limit_price: 110, time_in_force: "fok", client_order_id: "core-fok" });
  assert.equal((await event(broker, "fill", "core-fok")).price, "102");
  await broker.submit({ symbol: "MSFT", qty: 5, side: "buy", type: "market", time_in_force: "day", client_order_id: "core-cover" });
  assert.equal((await event(broker, "fill", "core-cover")).positionQty, "0");
}

async function beRefused(broker) {
  const spy = { symbol: "SPY", side: "buy", time_in_force: "day" };
  await refusal(broker.submit({ ...spy, qty: 1, type: "market", client_order_id: "core-market" }), 422, 40010001, "client_order_id must be unique");
  assert.equal((await broker.orderByClientId("core-market")).filledAvg, "100");
  await refusal(broker.orderByClientId("never"), 404, 40410000, "order not found for never");
  await refusal(broker.order("11111111-2222-4333-8444-555555555555"), 404, 40410000, "order not found for 11111111-2222-4333-8444-555555555555");
  await refusal(broker.submit({ ...spy, qty: 1, type: "limit", limit_price: 100.123 }), 422, 42210000,
    "invalid limit_price 100.123. sub-penny increment does not fulfill minimum pricing criteria");
  const beyond = await refusal(broker.submit({ ...spy, qty: 5000, type: "market" }), 403, 40310000, "insufficient buying power");
  assert.ok(!beyond || number(beyond.cost_basis) === 510_000);
  await refusal(broker.submit({ ...spy, side: "sell", qty: 10, type: "market" }), 403, 40310000,
    "insufficient qty available for order (requested: 10, available: 9)");
  await refusal(broker.position("MSFT"), 404, 40410000, "position does not exist");
  await refusal(broker.submit({ symbol: "BTC/USD", side: "buy", qty: 0.1, type: "market", time_in_force: "day" }), 422, 42210000, "invalid crypto time_in_force");

  const resting = await broker.submit({ ...spy, qty: 1, type: "limit", limit_price: 90 });
  const wash = await refusal(broker.submit({ ...spy, side: "sell", qty: 1, type: "market" }), 403, 40310000, "potential wash trade detected. use complex orders");
  assert.ok(!wash || wash.existing_order_id === resting.id);
  await broker.cancel(resting.id);
  await chapter("refusals");
}

async function groups(broker) {
  const bracket = await broker.submit({
    symbol: "AAPL", qty: 10, side: "buy", type: "market", time_in_force: "gtc", order_class: "bracket", client_order_id: "bracket",
    take_profit: { limit_price: 55 }, stop_loss: { stop_price: 45 },
  });
  assert.equal(bracket.class, "bracket");
  assert.deepEqual(bracket.legs.map((leg) => [leg.type, leg.status]), [["limit", "held"], ["stop", "held"]]);
  const [profit, loss] = bracket.legs;
  await event(broker, "fill", "bracket");

  const oco = await broker.submit({
    symbol: "SPY", qty: 9, side: "sell", type: "limit", time_in_force: "gtc", order_class: "oco", client_order_id: "oco",
    take_profit: { limit_price: 110 }, stop_loss: { stop_price: 95 },
  });
  assert.deepEqual([oco.limit, oco.legs.length, oco.legs[0].type], ["110", 1, "stop"]);

  await pass(180);
  assert.equal((await event(broker, "fill", profit.client)).price, "56");
  await event(broker, "canceled", loss.client);

  const canceled = await broker.cancelAll();
  assert.deepEqual(new Set(canceled.map((item) => item.id)), new Set([oco.id, oco.legs[0].id]));
  assert.ok(canceled.every((item) => item.status === 200));
  await event(broker, "canceled", "oco");

  const oto = await broker.submit({
    symbol: "SPY", qty: 1, side: "buy", type: "market", time_in_force: "day", order_class: "oto", client_order_id: "oto", stop_loss: { stop_price: 90 },
  });
  await event(broker, "new", oto.legs[0].client);
  assert.equal((await broker.openOrders()).length, 1);
  await chapter("groups");
}

// The day's minutes as the market made them: flat, a thousand shares each.
async function readHistory(broker) {
  const [start, end] = ["2014-06-02T14:00:00Z", "2014-06-02T14:11:00Z"];
  const bars = await broker.bars(["AAPL", "SPY"], { timeframe: "1Min", start, end });
  assert.deepEqual([...bars.keys()].sort(), ["AAPL", "SPY"]);
  assert.deepEqual(bars.get("SPY").map((bar) => bar.close), [100, 100, 101, 102, 99, 98, 100, 105, 105, 102, 102, 102]);
  assert.deepEqual(bars.get("SPY")[1].at.toISOString(), "2014-06-02T14:01:00.000Z");
  assert.equal(bars.get("SPY")[1].volume, 1000);
  const longer = await broker.bars(["SPY"], { timeframe: "5Min", start, end });
  assert.deepEqual(longer.get("SPY").map((bar) => [bar.open, bar.high, bar.low, bar.close]), [[100, 102, 99, 99], [98, 105, 98, 102], [102, 102, 102, 102]]);
  assert.deepEqual((await broker.pagedBars("SPY", { timeframe: "1Min", start, end }, 5)).map((bar) => bar.close), bars.get("SPY").map((bar) => bar.close));
  const trades = await broker.trades("SPY", { start, end: "2014-06-02T14:00:59Z" });
  assert.deepEqual(trades.map((trade) => [trade.price, trade.size]), Array(4).fill([100, 250]));
  assert.equal((await broker.quotes("SPY", { start, end: "2014-06-02T14:00:59Z" })).length, 4);
  assert.deepEqual((await broker.cryptoBars("BTC/USD", { timeframe: "1Min", start, end })).map((bar) => bar.close), Array(12).fill(500));

  assert.equal(await broker.latestTrade("SPY"), 102);
  assert.deepEqual(await broker.latestQuote("SPY"), { bid: 102, ask: 102 });
  assert.equal(await broker.latestBar("SPY"), 102);
  assert.deepEqual(await broker.snapshots(["AAPL", "SPY"]), { AAPL: 50, SPY: 102 });
  assert.equal(await broker.cryptoSnapshot("BTC/USD"), 500);
  assert.ok((await broker.orderBookDepth("BTC/USD")) > 1);
  assert.deepEqual(await broker.news(), []);
  await refusal(broker.latestTrade("ZZZZ"), 404, undefined, "no data found for ZZZZ");
  await chapter("history");
}

async function listen(broker) {
  await broker.stockBars.first((bar) => bar.symbol === "SPY" && bar.at.toISOString() === "2014-06-02T14:11:00.000Z", "The last bar of SPY");
  assert.deepEqual(broker.stockBars.items.filter((bar) => bar.symbol === "SPY").map((bar) => bar.close), [100, 100, 101, 102, 99, 98, 100, 105, 105, 102, 102, 102]);
  const trade = await broker.stockTrades.first((one) => one.price === 98, "A trade at 98");
  assert.deepEqual([trade.symbol, trade.size, trade.at.toISOString()], ["SPY", 250, "2014-06-02T14:05:00.000Z"]);
  await broker.stockQuotes.first((quote) => quote.bid === 105 && quote.ask === 105, "A quote at 105");
  await broker.coinBars.first((bar) => bar.at.toISOString() === "2014-06-02T14:11:00.000Z" && bar.close === 500, "The last bar of BTC/USD");
  await broker.books.first((book) => book.symbol === "BTC/USD" && book.bids > 1, "An order book of BTC/USD");
  await chapter("streams");
}

async function keepLists(broker) {
  const list = await broker.addWatchlist("mine", ["AAPL", "BTC/USD"]);
  assert.deepEqual(list.symbols, ["AAPL", "BTC/USD"]);
  assert.deepEqual((await broker.addToWatchlist(list.id, "SPY")).symbols, ["AAPL", "BTC/USD", "SPY"]);
  await refusal(broker.addWatchlist("mine", []), 422, 40010001, "watchlist name must be unique");
  assert.deepEqual((await broker.removeFromWatchlist(list.id, "AAPL")).symbols, ["BTC/USD", "SPY"]);
  assert.deepEqual(await broker.updateWatchlist(list.id, { name: "ours", symbols: ["MSFT"] }), { id: list.id, name: "ours", symbols: ["MSFT"] });
  assert.deepEqual(await broker.watchlistNames(), ["ours"]);
  await broker.deleteWatchlist(list.id);
  await refusal(broker.watchlist(list.id), 404, 40410000, `watchlist not found: ${list.id}`);
  await chapter("watchlists");
}

async function settle(broker) {
  const closing = await broker.closePosition("AAPL");
  assert.deepEqual([closing.side, closing.type, closing.qty], ["sell", "market", "0.51"]);
  await broker.closeAll();
  await broker.updates.first((update) => update.event === "fill" && update.order.symbol === "BTC/USD" && update.order.side === "sell", "The sale of the coins");
  assert.deepEqual(await broker.positions(), []);
  assert.deepEqual(await broker.openOrders(), []);

  const pages = await broker.activities(5);
  const executions = pages.map((activity) => activity.id.split("::")[1]);
  for (const execution of executions) {
    await broker.updates.first((update) => update.executionId === execution, `The update of execution ${execution}`);
  }

  const fills = broker.updates.items.filter((update) => update.event === "fill" || update.event === "partial_fill");
  assert.deepEqual(new Set(fills.map((update) => update.executionId)), new Set(executions));
  assert.equal(fills.length, executions.length);
  assert.ok(pages.every((activity) => activity.type === "FILL"));

  const account = await broker.account();
  const curve = await broker.portfolioHistory({ period: "1D", timeframe: "1Min" });
  assert.ok(curve.timestamps.length > 0);
  assert.deepEqual([curve.equity.length, curve.profit.length, curve.base], [curve.timestamps.length, curve.timestamps.length, 100_000]);
  assert.equal(curve.equity.at(-1), number(account.equity));
  assert.equal(account.cash, account.equity);
  await chapter("settled");
}

const pick = (position) => [position.qty, position.side];

const event = (broker, name, client) =>
  broker.updates.first((update) => update.event === name && update.order.client === client, `${name} of ${client}`);

const eventsOf = (broker, client) => broker.updates.items.filter((update) => update.order.client === client).map((update) => update.event);

/** Asserts that a promise is refused so, and gives the body of the refusal where the client keeps it. */
async function refusal(promise, status, code, message) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    const refused = error.refusal ?? error;
    assert.deepEqual([refused.status, refused.code, refused.message], [status, code, message]);
    return refused.body;
  }

  assert.fail(`Expected ${status} ${message}, got ${JSON.stringify(answer)}`);
}
