import { queryOptions } from "@tanstack/react-query";
import { everyFewSeconds, everySecond, heartbeat } from "../live/cadence";
import { isMoving } from "../lib/status";
import { answered, gateway } from "./client";
import type { AccountChange, AlertDelivery, AlertFiring, AlertRule, LogLine, Session, SignIn, Signal, StrategySummary, StrategyVersion, Trade, UserAccount } from "./types";

type PageQuery = { limit: number; cursor?: string };

const abortedBy = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/users/me", { signal })),
  staleTime: 60_000,
});

/** Whether everybody may open an account here. */
export const registrationQuery = queryOptions({
  queryKey: ["registration"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/auth/registration", { signal })),
  staleTime: 60_000,
});

export const apiKeysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/users/me/api-keys", { signal })),
  staleTime: 30_000,
});

export const ownSignIns = {
  key: ["sign-ins"],
  keyOf: (signIn: SignIn) => signIn.id,
  pageSize: 25,
  read: (query: PageQuery, signal?: AbortSignal) => answered(gateway.GET("/api/users/me/sign-ins", { params: { query }, ...abortedBy(signal) })),
};

/** What an admin sees of others' accounts. */
export const usersKey = ["users"] as const;

export type AccountState = "" | "active" | "locked";

/** Accounts whose email or name holds a piece of text, in one state or in any. */
export const allUsers = (search: string, state: AccountState) => ({
  key: [...usersKey, "all", search, state],
  keyOf: (user: UserAccount) => user.id,
  pageSize: 50,
  cadence: everyFewSeconds,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(
      gateway.GET("/api/admin/users", {
        params: { query: { ...query, ...(search === "" ? {} : { search }), ...(state === "" ? {} : { state }) } },
        ...abortedBy(signal),
      }),
    ),
});

export const accountChanges = {
  key: [...usersKey, "changes"],
  keyOf: (change: AccountChange) => String(change.id),
  pageSize: 25,
  cadence: everyFewSeconds,
  read: (query: PageQuery, signal?: AbortSignal) => answered(gateway.GET("/api/admin/account-changes", { params: { query }, ...abortedBy(signal) })),
};

export const versionQuery = queryOptions({
  queryKey: ["version"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/version", { signal })),
  ...heartbeat,
});

/** The user's own switch, and all that have a say over his trading. No event tells of them. */
export const tradingModeQuery = queryOptions({
  queryKey: ["trading-mode"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/users/me/trading-mode", { signal })),
  ...everyFewSeconds,
});

export const portfolioQuery = queryOptions({
  queryKey: ["portfolio"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/portfolio", { signal })),
  ...everySecond,
});

export const latestTradesQuery = (limit: number) =>
  queryOptions({
    queryKey: ["trades", { limit }],
    queryFn: ({ signal }) => answered(gateway.GET("/api/trades", { params: { query: { limit } }, signal })),
    ...everySecond,
  });

export const latestSignalsQuery = (limit: number) =>
  queryOptions({
    queryKey: ["signals", { limit }],
    queryFn: ({ signal }) => answered(gateway.GET("/api/signals", { params: { query: { limit } }, signal })),
    ...everySecond,
  });

/** Lists of orders. */
export const ordersKey = ["orders"] as const;

/** The most orders that the gateway lists at once. */
export const mostOrders = 500;

/** What may still trade, newest first, each entry with its exits. Changes are told of; a trailing stop moves in between. */
export const openOrdersQuery = queryOptions({
  queryKey: [...ordersKey, "open"],
  queryFn: ({ signal }) => answered(gateway.GET("/trade/orders", { params: { query: { status: "open", nested: true, limit: mostOrders } }, signal })),
  ...everyFewSeconds,
});

/** Lists of sessions, apart from what is known of each one. */
export const sessionLists = ["sessions", "lists"] as const;

export const sessionsQuery = (limit: number) =>
  queryOptions({
    queryKey: [...sessionLists, { limit }],
    queryFn: ({ signal }) => answered(gateway.GET("/api/sessions", { params: { query: { limit } }, signal })),
    ...everySecond,
  });

/** Those that failed lately, to be seen beside the open ones. */
export const failedSessionsQuery = queryOptions({
  queryKey: [...sessionLists, "failed"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/sessions", { params: { query: { limit: 50, status: "FAILED" } }, signal })),
  ...everyFewSeconds,
});

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ["sessions", id],
    queryFn: ({ signal }) => answered(gateway.GET("/api/sessions/{id}", { params: { path: { id } }, signal })),
    ...everySecond,
  });

const sessionPath = (id: string) => ({ path: { id } });

/** What the session's own lists ask at; an ended session changes no more, so they are read once. */
export const sessionCadence = (status: string | undefined) =>
  status === undefined || isMoving(status) ? everySecond : undefined;

export const sessionSignals = (id: string) => ({
  key: ["sessions", id, "signals"],
  keyOf: (signal: Signal) => signal.id,
  pageSize: 50,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(gateway.GET("/api/sessions/{id}/signals", { params: { ...sessionPath(id), query }, ...abortedBy(signal) })),
});

export const sessionTrades = (id: string) => ({
  key: ["sessions", id, "trades"],
  keyOf: (trade: Trade) => trade.id,
  pageSize: 200,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(gateway.GET("/api/sessions/{id}/trades", { params: { ...sessionPath(id), query }, ...abortedBy(signal) })),
});

export const sessionLogs = (id: string, level: string) => ({
  key: ["sessions", id, "logs", level],
  keyOf: (line: LogLine) => String(line.id),
  pageSize: 100,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(
      gateway.GET("/api/sessions/{id}/logs", {
        params: { ...sessionPath(id), query: level === "" ? query : { ...query, level } },
        ...abortedBy(signal),
      }),
    ),
});

export const sessionPerformance = (id: string, status: string | undefined) =>
  queryOptions({
    queryKey: ["sessions", id, "performance"],
    queryFn: ({ signal }) =>
      answered(gateway.GET("/api/sessions/{id}/performance", { params: { ...sessionPath(id), query: { points: 300 } }, signal })),
    ...(sessionCadence(status) === undefined ? { staleTime: 60_000 } : everyFewSeconds),
  });

const sessionList = (name: string, filter: { open?: boolean }) => ({
  key: [...sessionLists, name],
  keyOf: (session: Session) => session.id,
  pageSize: 50,
  cadence: everySecond,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(gateway.GET("/api/sessions", { params: { query: { ...query, ...filter } }, ...abortedBy(signal) })),
});

export const allSessions = sessionList("all", {});

/** Those that have not ended, however old. A user may have fewer than a page of them. */
export const openSessions = sessionList("open", { open: true });

export const allStrategies = {
  key: ["strategies", "all"],
  keyOf: (strategy: StrategySummary) => strategy.id,
  pageSize: 50,
  cadence: everyFewSeconds,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(gateway.GET("/api/strategies", { params: { query }, ...abortedBy(signal) })),
};

export const strategiesQuery = (limit: number) =>
  queryOptions({
    queryKey: ["strategies", { limit }],
    queryFn: ({ signal }) => answered(gateway.GET("/api/strategies", { params: { query: { limit } }, signal })),
    staleTime: 4_000,
  });

export const strategyQuery = (id: string) =>
  queryOptions({
    queryKey: ["strategies", id],
    queryFn: ({ signal }) => answered(gateway.GET("/api/strategies/{id}", { params: { path: { id } }, signal })),
    staleTime: 30_000,
  });

export const sessionNotes = (id: string, status: string | undefined) =>
  queryOptions({
    queryKey: ["sessions", id, "notes"],
    queryFn: ({ signal }) => answered(gateway.GET("/api/sessions/{id}/notes", { params: sessionPath(id), signal })),
    ...(sessionCadence(status) ?? { staleTime: 60_000 }),
  });

export const strategyVersions = (id: string) => ({
  key: ["strategies", id, "versions"],
  keyOf: (version: StrategyVersion) => String(version.version),
  pageSize: 20,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(gateway.GET("/api/strategies/{id}/versions", { params: { ...sessionPath(id), query }, ...abortedBy(signal) })),
});

export const allAlerts = {
  key: ["alerts", "all"],
  keyOf: (alert: AlertRule) => alert.id,
  pageSize: 100,
  cadence: everyFewSeconds,
  read: (query: PageQuery, signal?: AbortSignal) => answered(gateway.GET("/api/alerts", { params: { query }, ...abortedBy(signal) })),
};

/** Firings of one alert, or of all. */
export const alertFirings = (id: string | null) => ({
  key: ["alerts", "firings", id],
  keyOf: (firing: AlertFiring) => firing.id,
  pageSize: 25,
  cadence: everyFewSeconds,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(
      id === null
        ? gateway.GET("/api/alerts/firings", { params: { query }, ...abortedBy(signal) })
        : gateway.GET("/api/alerts/{id}/firings", { params: { ...sessionPath(id), query }, ...abortedBy(signal) }),
    ),
});

export const latestFiringsQuery = (limit: number) =>
  queryOptions({
    queryKey: ["alerts", "latest", { limit }],
    queryFn: ({ signal }) => answered(gateway.GET("/api/alerts/firings", { params: { query: { limit } }, signal })),
    ...everyFewSeconds,
  });

export const webhooksQuery = queryOptions({
  queryKey: ["alerts", "webhooks"],
  queryFn: ({ signal }) => answered(gateway.GET("/api/alerts/webhooks", { signal })),
  staleTime: 30_000,
});

export const deadLetters = {
  key: ["alerts", "dead"],
  keyOf: (delivery: AlertDelivery) => delivery.id,
  pageSize: 25,
  cadence: everyFewSeconds,
  read: (query: PageQuery, signal?: AbortSignal) =>
    answered(gateway.GET("/api/alerts/deliveries", { params: { query: { ...query, status: "dead" } }, ...abortedBy(signal) })),
};
