// Alpaca's client of version 4, in the words of the day.
import assert from "node:assert/strict";
import { Alpaca, NotFoundError, PermissionError, streaming, ValidationError } from "alpaca-v4";
import { Inbox } from "./conductor.mjs";
import { live } from "./day.mjs";

const [base, keyId, secret] = process.argv.slice(2);
const ws = base.replace(/^http/, "ws");
const alpaca = new Alpaca({
  keyId,
  secret,
  paper: true,
  fetchApi: (url, init) => fetch(String(url).replace(/^https:\/\/(paper-api|api|data)\.alpaca\.markets/, base), init),
});
const { trading, marketData } = alpaca;

const kinds = { 403: PermissionError, 404: NotFoundError, 422: ValidationError };

async function answered(promise) {
  try {
    return await promise;
  } catch (error) {
    if (kinds[error.status]) {
      assert.ok(error instanceof kinds[error.status]);
    }

    throw Object.assign(error, { refusal: { status: error.status, code: error.code, message: error.message.replace(/^\[?\d{3}\]?:? ?/, "") } });
  }
}

const order = (raw) => ({
  id: raw.id, client: raw.clientOrderId, status: raw.status, class: raw.orderClass, type: raw.type, side: raw.side, symbol: raw.symbol,
  qty: raw.qty ?? null, notional: raw.notional ?? null, filledQty: raw.filledQty, filledAvg: raw.filledAvgPrice, limit: raw.limitPrice, stop: raw.stopPrice,
  hwm: raw.hwm, replaces: raw.replaces, legs: (raw.legs ?? []).map(order),
});
const position = (raw) => ({ symbol: raw.symbol, qty: raw.qty, side: raw.side, class: raw.assetClass });
const list = (raw) => ({ id: raw.id, name: raw.name, symbols: raw.assets?.map((asset) => asset.symbol) });
const bar = (raw) => ({
  symbol: raw.symbol, at: raw.timestamp, open: raw.open, high: raw.high, low: raw.low, close: raw.close, volume: raw.volume,
});
const dates = ({ start, end, ...rest }) => ({ ...rest, start: new Date(start), end: new Date(end) });

// One builder for each kind of order.
function place(request) {
  const { symbol, qty, notional, side } = request;
  const common = { symbol, side, timeInForce: request.time_in_force, clientOrderId: request.client_order_id };
  const exits = {
    ...(request.take_profit && { takeProfit: { limitPrice: request.take_profit.limit_price } }),
    ...(request.stop_loss && { stopLoss: { stopPrice: request.stop_loss.stop_price } }),
  };
  switch (request.order_class ?? request.type) {
    case "bracket": return trading.orders.bracket({ ...common, qty, ...exits });
    case "oco": return trading.orders.oco({ ...common, qty, ...exits });
    case "oto": return trading.orders.oto({ ...common, qty, ...exits });
    case "market": return trading.orders.market(notional === undefined ? { ...common, qty } : { ...common, notional });
    case "limit": return trading.orders.limit({ ...common, qty, limitPrice: request.limit_price });
    case "stop": return trading.orders.stop({ ...common, qty, stopPrice: request.stop_price });
    case "stop_limit": return trading.orders.stopLimit({ ...common, qty, stopPrice: request.stop_price, limitPrice: request.limit_price });
    default: return trading.orders.trailingStop({ ...common, qty, trailPrice: request.trail_price });
  }
}

const updates = new Inbox();
const stockBars = new Inbox();
const stockTrades = new Inbox();
const stockQuotes = new Inbox();
const coinBars = new Inbox();
const books = new Inbox();
const open = [];

await live({
  updates, stockBars, stockTrades, stockQuotes, coinBars, books,

  async account() {
    const raw = await answered(trading.account.getAccount());
    return { status: raw.status, cash: raw.cash, equity: raw.equity, buyingPower: raw.buyingPower, multiplier: raw.multiplier };
  },
  assetSymbols: async (assetClass) => (await answered(trading.assets.getV2Assets({ status: "active", assetClass: [assetClass] }))).map((asset) => asset.symbol),
  async asset(symbol) {
    const raw = await answered(trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: symbol }));
    return { ...raw, class: raw.class ?? raw._class };
  },
  async clock() {
    const raw = await answered(trading.clock.legacyClock());
    return { isOpen: raw.isOpen, nextOpen: new Date(raw.nextOpen), nextClose: new Date(raw.nextClose) };
  },
  calendar: async (start, end) => (await answered(trading.calendar.legacyCalendar(dates({ start, end }))))
    .map(({ date, open: opens, close }) => ({ date: date.toISOString().slice(0, 10), open: opens, close })),
  async configure({ no_shorting: noShorting }) {
    const raw = await answered(trading.accountConfigurations.patchAccountConfig({ accountConfigurations: { noShorting } }));
    return { noShorting: raw.noShorting };
  },

  submit: async (request) => order(await answered(place(request))),
  order: async (orderId) => order(await answered(trading.orders.getOrderByOrderID({ orderId }))),
  orderByClientId: async (clientOrderId) => order(await answered(trading.orders.getOrderByClientOrderId({ clientOrderId }))),
  openOrders: async () => (await answered(trading.orders.getAllOrders({ status: "open", nested: true }))).map(order),
  replace: async (orderId, change) => order(await answered(trading.orders.patchOrderByOrderId({
    orderId, patchOrderRequest: { limitPrice: change.limit_price, clientOrderId: change.client_order_id },
  }))),
  cancel: (orderId) => answered(trading.orders.deleteOrderByOrderID({ orderId })),
  cancelAll: () => answered(trading.orders.deleteAllOrders()),
  positions: async () => (await answered(trading.positions.getAllOpenPositions())).map(position),
  position: async (symbolOrAssetId) => position(await answered(trading.positions.getOpenPosition({ symbolOrAssetId }))),
  closePosition: async (symbolOrAssetId) => order(await answered(trading.positions.deleteOpenPosition({ symbolOrAssetId }))),
  async closeAll() {
    const closed = await answered(trading.closeAllPositions({ cancelOrders: true }));
    assert.ok(closed.every((item) => Number(item.status) === 200));
  },
  activities: async (pageSize) => (await answered(trading.collectActivities({ activityTypes: ["FILL"], pageSize })))
    .map((raw) => ({ id: raw.id, type: raw.activityType })),
  async portfolioHistory(query) {
    const raw = await answered(trading.portfolioHistory.getAccountPortfolioHistory(query));
    return { timestamps: raw.timestamp, equity: raw.equity, profit: raw.profitLoss, base: raw.baseValue };
  },

  async bars(symbols, query) {
    const raw = await answered(marketData.getStockBars({ symbols, ...dates(query) }));
    return new Map(Object.entries(raw).map(([symbol, bars]) => [symbol, bars.map(bar)]));
  },
  pagedBars: async (symbol, query, limit) => (await marketData.getStockBarsFor(symbol, { ...dates(query), limit })).map(bar),
  trades: (symbol, query) => marketData.getStockTradesFor(symbol, dates(query)),
  quotes: (symbol, query) => marketData.getStockQuotesFor(symbol, dates(query)),
  cryptoBars: async (symbol, query) => (await marketData.getCryptoBarsFor(symbol, { loc: "us", ...dates(query) })).map(bar),
  latestTrade: (symbol) => answered(marketData.getLatestPrice(symbol)),
  async latestQuote(symbol) {
    const { quotes } = await marketData.stocks.stockLatestQuotes({ symbols: symbol });
    return { bid: quotes[symbol].bp, ask: quotes[symbol].ap };
  },
  latestBar: async (symbol) => (await marketData.stocks.stockLatestBars({ symbols: symbol })).bars[symbol].c,
  async snapshots(symbols) {
    const raw = await marketData.stocks.stockSnapshots({ symbols: symbols.join(",") });
    return Object.fromEntries(Object.entries(raw).map(([symbol, one]) => [symbol, one.dailyBar.c]));
  },
  cryptoSnapshot: async (symbol) => (await marketData.crypto.cryptoSnapshots({ loc: "us", symbols: symbol })).snapshots[symbol].latestTrade.p,
  orderBookDepth: async (symbol) => (await marketData.crypto.cryptoLatestOrderbooks({ loc: "us", symbols: symbol })).orderbooks[symbol].b.length,
  news: async () => (await marketData.news.news({})).news,

  addWatchlist: async (name, symbols) => list(await answered(trading.watchlists.postWatchlist({ createWatchlistRequest: { name, symbols } }))),
  addToWatchlist: async (watchlistId, symbol) => list(await answered(trading.watchlists.addAssetToWatchlist({ watchlistId, addAssetToWatchlistRequest: { symbol } }))),
  removeFromWatchlist: async (watchlistId, symbol) => list(await answered(trading.watchlists.removeAssetFromWatchlist({ watchlistId, symbol }))),
  updateWatchlist: async (watchlistId, change) => list(await answered(trading.watchlists.updateWatchlistById({ watchlistId, updateWatchlistRequest: change }))),
  watchlistNames: async () => (await answered(trading.watchlists.getWatchlists())).map((one) => one.name),
  watchlist: async (watchlistId) => list(await answered(trading.watchlists.getWatchlistById({ watchlistId }))),
  deleteWatchlist: (watchlistId) => answered(trading.watchlists.deleteWatchlistById({ watchlistId })),

  async openStreams() {
    const orders = trading.stream({ url: `${ws}/stream` });
    orders.onTradeUpdate((raw) => updates.push({
      event: raw.event, price: raw.price, qty: raw.qty, positionQty: raw.positionQty, executionId: raw.executionId, order: order(raw.order),
    }));
    const stocks = marketData.stockStream({ url: `${ws}/v2/iex` });
    stocks.onBar((raw) => stockBars.push(bar(raw)));
    stocks.onTrade((raw) => stockTrades.push({ symbol: raw.symbol, price: raw.price, size: raw.size, at: raw.timestamp }));
    stocks.onQuote((raw) => stockQuotes.push({ bid: raw.bidPrice, ask: raw.askPrice }));
    const crypto = marketData.cryptoStream({ url: `${ws}/v1beta3/crypto/us` });
    crypto.onBar((raw) => coinBars.push(bar(raw)));
    crypto.onOrderbook((raw) => books.push({ symbol: raw.symbol, bids: raw.bids.length }));
    open.push(orders, stocks, crypto);

    const acknowledged = [
      heard(orders, (streams) => streams.includes("trade_updates")),
      heard(stocks, (state) => state.bars?.length && state.trades?.length && state.quotes?.length),
      heard(crypto, (state) => state.bars?.length && state.orderbooks?.length),
    ];
    orders.onConnect(() => orders.subscribeTradeUpdates());
    stocks.onConnect(() => {
      stocks.subscribeForBars(["SPY", "AAPL"]);
      stocks.subscribeForTrades(["SPY"]);
      stocks.subscribeForQuotes(["SPY"]);
    });
    crypto.onConnect(() => {
      crypto.subscribeForBars(["BTC/USD"]);
      crypto.subscribeForOrderbooks(["BTC/USD"]);
    });
    open.forEach((stream) => stream.connect());
    await Promise.all(acknowledged);
  },
  closeStreams() {
    open.forEach((stream) => stream.disconnect());
  },

  // What only this client knows.
  async extras() {
    assert.equal((await trading.validateConnection()).ok, true);
    const done = await trading.submitAndWait({ symbol: "SPY", qty: 1, side: "buy", type: "market" }, { stream: open[0], timeoutMs: 10_000 });
    assert.deepEqual([done.status, done.filledAvgPrice], ["filled", "102"]);
    const { clocks } = await trading.clock.clock({ markets: "NYSE" });
    assert.deepEqual(clocks.map((clock) => [clock.market.acronym, clock.phase, clock.isMarketDay]), [["NYSE", "core", true]]);
    const { calendar } = await trading.calendar.calendar({ market: "NYSE", ...dates({ start: "2014-07-03", end: "2014-07-04" }) });
    assert.deepEqual(calendar.map((day) => [day.coreStart.toISOString(), day.coreEnd.toISOString()]), [["2014-07-03T13:30:00.000Z", "2014-07-03T17:00:00.000Z"]]);
    assert.deepEqual((await trading.assets.getOptionsContracts({})).optionContracts, []);
    const { mostActives } = await marketData.screener.mostActives({ top: 2 });
    assert.equal(mostActives.length, 2);
  },
});
process.exit(0);

function heard(stream, fits) {
  return new Promise((resolve) => {
    stream.on(streaming.EVENT.SUBSCRIPTION, (state) => fits(state) && resolve());
  });
}
