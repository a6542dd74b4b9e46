import type { components } from "./schema";

type Schemas = components["schemas"];

/** The gateway's records under the names this page uses for them. */
export type User = Schemas["User"];
export type UserAccount = Schemas["UserAccount"];
export type PasswordLink = Schemas["PasswordLink"];
export type AccountChange = Schemas["AccountChange"];
export type SignIn = Schemas["SignIn"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyWithKey = Schemas["ApiKeyWithKey"];
export type Portfolio = Schemas["PortfolioResponse"];
export type Position = Schemas["Position"];
export type Trade = Schemas["Trade"];
export type Order = Schemas["TradeOrder"];
export type NewOrder = Schemas["PlaceOrder"];
export type Signal = Schemas["Signal"];
export type Session = Schemas["Session"];
export type LogLine = Schemas["LogLine"];
export type Strategy = Schemas["Strategy"];
export type StrategySummary = Schemas["StrategySummary"];
export type StrategyRequest = Schemas["NewStrategyRequest"];
export type StrategyVersion = Schemas["StrategyVersion"];
export type StrategyProblem = Schemas["StrategyProblem"];
export type ParameterDescription = Schemas["ParameterDescription"];
export type ValidationReport = Schemas["ValidationReport"];
export type SessionPerformance = Schemas["SessionPerformance"];
export type PlotValue = Schemas["PlotValue"];
export type StopPolicy = Schemas["StopPolicy"];
export type TradingMode = Schemas["TradingMode"];
export type TradingModes = Schemas["TradingModeResponse"];
export type TradingSwitch = Schemas["SwitchView"];
export type FlattenProgress = Schemas["FlattenProgress"];
export type StartSessionRequest = Schemas["StartSessionRequest"];
export type AlertRule = Schemas["Alert"];
export type AlertFiring = Schemas["AlertFiring"];
export type AlertDelivery = Schemas["AlertDelivery"];
export type AlertPatch = Schemas["AlertPatch"];
export type NewAlert = Schemas["NewAlert"];
export type Webhook = Schemas["Webhook"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];
export type CandlePage = Schemas["CandlesResponse"];
/** Of an answer that need not come from the gateway itself, so nothing of it is certain. */
export type ProblemBody = Partial<Schemas["ProblemDetails"]>;

export interface Page<T> {
  items: readonly T[];
  nextCursor: string | null;
}
