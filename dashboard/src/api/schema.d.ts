// The gateway's shapes, by hand until its OpenAPI document is generated; then `npm run types` writes this file.

export interface paths {
  "/api/auth/register": { post: { requestBody: Body<components["schemas"]["RegisterRequest"]>; responses: { 201: Json<components["schemas"]["AuthResponse"]> } & Errors } };
  "/api/auth/login": { post: { requestBody: Body<components["schemas"]["LoginRequest"]>; responses: { 200: Json<components["schemas"]["AuthResponse"]> } & Errors } };
  "/api/auth/logout": { post: { responses: { 204: { content?: never } } & Errors } };
  "/api/users/me": { get: { responses: { 200: Json<components["schemas"]["User"]> } & Errors } };
  "/api/version": { get: { responses: { 200: Json<components["schemas"]["VersionResponse"]> } & Errors } };
  "/api/portfolio": { get: { responses: { 200: Json<components["schemas"]["PortfolioResponse"]> } & Errors } };
  "/api/trades": { get: { parameters: { query?: ListQuery }; responses: { 200: Json<PageOf<components["schemas"]["Trade"]>> } & Errors } };
  "/api/signals": { get: { parameters: { query?: ListQuery }; responses: { 200: Json<PageOf<components["schemas"]["Signal"]>> } & Errors } };
  "/api/sessions": {
    get: { parameters: { query?: { status?: string; strategyId?: string; limit?: number; cursor?: string } }; responses: { 200: Json<PageOf<components["schemas"]["Session"]>> } & Errors };
    post: { requestBody: Body<components["schemas"]["StartSessionRequest"]>; responses: { 201: Json<components["schemas"]["StartSessionResponse"]> } & Errors };
  };
  "/api/sessions/{id}": { get: { parameters: { path: { id: string } }; responses: { 200: Json<components["schemas"]["Session"]> } & Errors } };
  "/api/sessions/{id}/stop": { post: { parameters: { path: { id: string } }; responses: { 200: Json<{ message: string; sessionId: string }> } & Errors } };
  "/api/sessions/{id}/signals": { get: { parameters: { path: { id: string }; query?: PageQuery }; responses: { 200: Json<PageOf<components["schemas"]["Signal"]>> } & Errors } };
  "/api/sessions/{id}/trades": { get: { parameters: { path: { id: string }; query?: PageQuery }; responses: { 200: Json<PageOf<components["schemas"]["Trade"]>> } & Errors } };
  "/api/sessions/{id}/logs": { get: { parameters: { path: { id: string }; query?: PageQuery }; responses: { 200: Json<PageOf<components["schemas"]["LogLine"]>> } & Errors } };
  "/api/strategies": {
    get: { parameters: { query?: PageQuery }; responses: { 200: Json<PageOf<components["schemas"]["StrategySummary"]>> } & Errors };
    post: { requestBody: Body<components["schemas"]["StrategyRequest"]>; responses: { 201: Json<components["schemas"]["Strategy"]> } & Errors };
  };
  "/api/strategies/{id}": {
    get: { parameters: { path: { id: string } }; responses: { 200: Json<components["schemas"]["Strategy"]> } & Errors };
    put: { parameters: { path: { id: string } }; requestBody: Body<components["schemas"]["StrategyRequest"]>; responses: { 200: Json<components["schemas"]["Strategy"]> } & Errors };
    delete: { parameters: { path: { id: string } }; responses: { 204: { content?: never } } & Errors };
  };
  "/api/market-data/candles": {
    get: {
      parameters: { query: { symbol: string; timeframe?: string; start?: string; end?: string; before?: string; limit?: number } };
      responses: { 200: Json<components["schemas"]["CandlesResponse"]> } & Errors;
    };
  };
}

type Json<T> = { content: { "application/json": T } };
type Body<T> = { content: { "application/json": T } };
type Errors = { default: { content: { "application/problem+json": components["schemas"]["ProblemDetails"] } } };
type PageOf<T> = { items: T[]; nextCursor: string | null };
type PageQuery = { limit?: number; cursor?: string };
type ListQuery = PageQuery & { sessionId?: string; symbol?: string };

export interface components {
  schemas: {
    RegisterRequest: { email: string; username: string; password: string };
    LoginRequest: { email: string; password: string };
    AuthResponse: { user: components["schemas"]["User"]; accessToken: string; refreshToken: string; expiresIn: number };
    User: { id: string; email: string; username: string; role: string };
    VersionResponse: { version: string };
    Position: {
      symbol: string;
      sessionId: string | null;
      strategyName: string | null;
      quantity: string;
      averagePrice: string;
      lastPrice: string | null;
      marketValue: string;
      unrealisedPnl: string;
      realisedPnl: string;
    };
    PortfolioResponse: {
      cash: string;
      reserved: string;
      available: string;
      equity: string;
      dayChange: string;
      realisedPnl: string;
      unrealisedPnl: string;
      positions: components["schemas"]["Position"][];
      equityHistory: { at: string; equity: string }[];
      asOf: string;
    };
    Trade: {
      id: string;
      executionId: string;
      orderId: string;
      sessionId: string | null;
      signalId: string | null;
      symbol: string;
      action: string;
      quantity: string;
      price: string;
      fee: string;
      feeAsset: string;
      cashAmount: string;
      realisedPnl: string;
      executedAt: string;
    };
    Signal: {
      id: string;
      sessionId: string;
      strategyId: string;
      symbol: string;
      action: string;
      quantity: string;
      confidence: number;
      orderType: string;
      limitPrice: string | null;
      metadata: unknown;
      generatedAt: string;
      receivedAt: string;
      processedAt: string | null;
      status: string;
      code: string | null;
      detail: string | null;
      orderId: string | null;
    };
    Session: {
      id: string;
      symbol: string;
      type: string;
      strategyId: string;
      strategyName: string;
      strategyVersion: number;
      language: string;
      mode: string;
      status: string;
      failureCode: string | null;
      failureDetail: string | null;
      createdAt: string;
      startedAt: string | null;
      endedAt: string | null;
      processedSeq: number | null;
      realisedPnl: string;
      position: { quantity: string; averagePrice: string };
    };
    StartSessionRequest: { symbol: string; type: string; strategyId: string; mode?: string };
    StartSessionResponse: { message: string; data: { session: components["schemas"]["Session"] } };
    LogLine: { id: number; at: string; level: string; message: string };
    StrategySummary: {
      id: string;
      name: string;
      language: string;
      symbol: string;
      version: number;
      enabled: boolean;
      createdAt: string;
      updatedAt: string;
      runningSessions: number;
    };
    Strategy: components["schemas"]["StrategySummary"] & {
      code: string;
      codeHash: string;
      parameters: unknown;
      logicExplanation: string | null;
    };
    StrategyRequest: { name: string; language: string; symbol: string; code: string; logicExplanation?: string | null };
    CandlesResponse: { symbol: string; timeframe: string; t: number[]; o: number[]; h: number[]; l: number[]; c: number[]; v: number[] };
    ProblemDetails: {
      type?: string;
      title?: string;
      status?: number;
      detail?: string;
      code?: string;
      errors?: Record<string, string[]>;
      traceId?: string;
    };
  };
}
