// Alpaca's client of version 3, in the words of the day.
import Alpaca from "alpaca-v3";
import { Inbox } from "./conductor.mjs";
import { live } from "./day.mjs";

const [base, keyId, secretKey] = process.argv.slice(2);
const ws = base.replace(/^http/, "ws");
const alpaca = new Alpaca({ keyId, secretKey, paper: true, baseUrl: base, dataBaseUrl: base, dataStreamUrl: base, feed: "iex" });
alpaca.data_stream_v2.session.url = `${ws}/v2/iex`;

// The client throws what axios throws, or a text of its own for data.
async function answered(promise) {
  try {
    return await promise;
  } catch (error) {
    const body = error.response?.data;
    const refusal = body ? { status: error.response.status, code: body.code, message: body.message, body } : fromText(error);
    throw Object.assign(new Error(error.message), { refusal });
  }
}

function fromText(error) {
  const match = /code: (\d+), message: (.*)/.exec(error.message);
  return match ? { status: Number(match[1]), code: undefined, message: match[2] } : { status: undefined, code: undefined, message: error.message };
}

const order = (raw) => ({
  id: raw.id, client: raw.client_order_id, status: raw.status, class: raw.order_class, type: raw.type, side: raw.side, symbol: raw.symbol,
  qty: raw.qty, notional: raw.notional, filledQty: raw.filled_qty, filledAvg: raw.filled_avg_price, limit: raw.limit_price, stop: raw.stop_price,
  hwm: raw.hwm, replaces: raw.replaces, legs: (raw.legs ?? []).map(order),
});
const position = (raw) => ({ symbol: raw.symbol, qty: raw.qty, side: raw.side, class: raw.asset_class });
const list = (raw) => ({ id: raw.id, name: raw.name, symbols: raw.assets?.map((asset) => asset.symbol) });
const bar = (raw) => ({
  symbol: raw.Symbol ?? raw.S, at: new Date(raw.Timestamp), open: raw.OpenPrice ?? raw.Open, high: raw.HighPrice ?? raw.High,
  low: raw.LowPrice ?? raw.Low, close: raw.ClosePrice ?? raw.Close, volume: raw.Volume,
});

const heard = (stream, fits) => new Promise((resolve) => {
  stream.conn.on("message", (frame) => fits(frame) && resolve());
});
const isState = ([message], channels) => message.T === "subscription" && channels.every((channel) => message[channel].length > 0);

async function all(iterator) {
  const items = [];
  for await (const item of iterator) {
    items.push(item);
  }

  return items;
}

const updates = new Inbox();
const stockBars = new Inbox();
const stockTrades = new Inbox();
const stockQuotes = new Inbox();
const coinBars = new Inbox();
const books = new Inbox();

await live({
  updates, stockBars, stockTrades, stockQuotes, coinBars, books,

  async account() {
    const raw = await answered(alpaca.getAccount());
    return { status: raw.status, cash: raw.cash, equity: raw.equity, buyingPower: raw.buying_power, multiplier: raw.multiplier };
  },
  assetSymbols: async (asset_class) => (await answered(alpaca.getAssets({ status: "active", asset_class }))).map((asset) => asset.symbol),
  asset: (symbol) => answered(alpaca.getAsset(symbol)),
  async clock() {
    const raw = await answered(alpaca.getClock());
    return { isOpen: raw.is_open, nextOpen: new Date(raw.next_open), nextClose: new Date(raw.next_close) };
  },
  calendar: async (start, end) => (await answered(alpaca.getCalendar({ start, end }))).map(({ date, open, close }) => ({ date, open, close })),
  async configure(change) {
    const raw = await answered(alpaca.updateAccountConfigurations(change));
    return { noShorting: raw.no_shorting };
  },

  submit: async (request) => order(await answered(alpaca.createOrder(request))),
  order: async (id) => order(await answered(alpaca.getOrder(id))),
  orderByClientId: async (client) => order(await answered(alpaca.getOrderByClientId(client))),
  openOrders: async () => (await answered(alpaca.getOrders({ status: "open", nested: true }))).map(order),
  replace: async (id, change) => order(await answered(alpaca.replaceOrder(id, change))),
  cancel: (id) => answered(alpaca.cancelOrder(id)),
  cancelAll: () => answered(alpaca.cancelAllOrders()),
  positions: async () => (await answered(alpaca.getPositions())).map(position),
  position: async (symbol) => position(await answered(alpaca.getPosition(symbol))),
  closePosition: async (symbol) => order(await answered(alpaca.closePosition(symbol))),
  async closeAll() {
    // This client cannot ask for both at once.
    await answered(alpaca.cancelAllOrders());
    await answered(alpaca.closeAllPositions());
  },
  async activities(pageSize) {
    const items = [];
    for (let pageToken; ;) {
      const page = await answered(alpaca.getAccountActivities({ activityTypes: ["FILL"], pageSize, pageToken }));
      items.push(...page.map((raw) => ({ id: raw.id, type: raw.activity_type })));
      if (page.length < pageSize) {
        return items;
      }

      pageToken = page.at(-1).id;
    }
  },
  async portfolioHistory(query) {
    const raw = await answered(alpaca.getPortfolioHistory(query));
    return { timestamps: raw.timestamp, equity: raw.equity, profit: raw.profit_loss, base: raw.base_value };
  },

  async bars(symbols, query) {
    const raw = await alpaca.getMultiBarsV2(symbols, query);
    return new Map([...raw].map(([symbol, bars]) => [symbol, bars.map(bar)]));
  },
  pagedBars: async (symbol, query, pageLimit) => (await all(alpaca.getBarsV2(symbol, { ...query, limit: 100, pageLimit }))).map(bar),
  trades: async (symbol, query) => (await all(alpaca.getTradesV2(symbol, query))).map((raw) => ({ price: raw.Price, size: raw.Size })),
  quotes: (symbol, query) => all(alpaca.getQuotesV2(symbol, query)),
  cryptoBars: async (symbol, query) => (await alpaca.getCryptoBars([symbol], query)).get(symbol).map(bar),
  latestTrade: async (symbol) => (await answered(alpaca.getLatestTrade(symbol))).Price,
  async latestQuote(symbol) {
    const raw = await alpaca.getLatestQuote(symbol);
    return { bid: raw.BidPrice, ask: raw.AskPrice };
  },
  latestBar: async (symbol) => (await alpaca.getLatestBar(symbol)).ClosePrice,
  async snapshots(symbols) {
    const raw = await alpaca.getSnapshots(symbols);
    return Object.fromEntries(raw.map((one) => [one.symbol, one.DailyBar.ClosePrice]));
  },
  cryptoSnapshot: async (symbol) => (await alpaca.getCryptoSnapshots([symbol])).get(symbol).LatestTrade.Price,
  orderBookDepth: async (symbol) => (await alpaca.getCryptoOrderbooks([symbol])).get(symbol).Bids.length,
  news: () => alpaca.getNews({}),

  addWatchlist: async (name, symbols) => list(await answered(alpaca.addWatchlist(name, symbols))),
  addToWatchlist: async (id, symbol) => list(await answered(alpaca.addToWatchlist(id, symbol))),
  removeFromWatchlist: async (id, symbol) => list(await answered(alpaca.deleteFromWatchlist(id, symbol))),
  updateWatchlist: async (id, change) => list(await answered(alpaca.updateWatchlist(id, change))),
  watchlistNames: async () => (await answered(alpaca.getWatchlists())).map((one) => one.name),
  watchlist: async (id) => list(await answered(alpaca.getWatchlist(id))),
  deleteWatchlist: (id) => answered(alpaca.deleteWatchlist(id)),

  async openStreams() {
    alpaca.trade_ws.onConnect(() => alpaca.trade_ws.subscribe(["trade_updates"]));
    alpaca.trade_ws.onOrderUpdate((raw) => updates.push({
      event: raw.event, price: raw.price, qty: raw.qty, positionQty: raw.position_qty, executionId: raw.execution_id, order: order(raw.order),
    }));
    alpaca.trade_ws.connect();

    const stocks = alpaca.data_stream_v2;
    stocks.onConnect(() => {
      stocks.subscribeForBars(["SPY", "AAPL"]);
      stocks.subscribeForTrades(["SPY"]);
      stocks.subscribeForQuotes(["SPY"]);
    });
    stocks.onError((error) => console.error(`The stock stream says: ${error}`));
    stocks.onStockBar((raw) => stockBars.push(bar(raw)));
    stocks.onStockTrade((raw) => stockTrades.push({ symbol: raw.Symbol, price: raw.Price, size: raw.Size, at: new Date(raw.Timestamp) }));
    stocks.onStockQuote((raw) => stockQuotes.push({ bid: raw.BidPrice, ask: raw.AskPrice }));
    stocks.connect();

    const crypto = alpaca.crypto_stream_v1beta3;
    crypto.onConnect(() => {
      crypto.subscribeForBars(["BTC/USD"]);
      crypto.subscribeForOrderbooks(["BTC/USD"]);
    });
    crypto.onCryptoBar((raw) => coinBars.push(bar(raw)));
    crypto.onCryptoOrderbook((raw) => books.push({ symbol: raw.Symbol ?? raw.S, bids: raw.Bids.length }));
    crypto.connect();

    // The client shows no acknowledgement of its own; what the day trades must not come before the venue's.
    await Promise.all([
      heard(alpaca.trade_ws, (frame) => JSON.parse(frame).stream === "listening"),
      heard(stocks, (frame) => isState(stocks.msgpack.decode(frame), ["bars", "trades", "quotes", "corrections"])),
      heard(crypto, (frame) => isState(crypto.msgpack.decode(frame), ["bars", "orderbooks"])),
    ]);
  },
  closeStreams() {
    alpaca.trade_ws.disconnect();
    alpaca.data_stream_v2.disconnect();
    alpaca.crypto_stream_v1beta3.disconnect();
  },
  async extras() {},
});
process.exit(0);
