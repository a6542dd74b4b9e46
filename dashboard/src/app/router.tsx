import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { Problem } from "../api/problem";
import { meQuery } from "../api/queries";
import { safeReturnTo } from "../lib/returnTo";
import { ErrorBox } from "../ui/ErrorBox";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

interface Context {
  queryClient: QueryClient;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFound });

const returnSearch = (search: Record<string, unknown>): { returnTo?: string } => {
  const returnTo = text(search["returnTo"]);
  return returnTo === undefined ? {} : { returnTo: safeReturnTo(returnTo) };
};

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  validateSearch: returnSearch,
  component: lazyRouteComponent(() => import("../features/auth/SignInPage"), "SignInPage"),
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: returnSearch,
  component: lazyRouteComponent(() => import("../features/auth/RegisterPage"), "RegisterPage"),
});

const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  component: lazyRouteComponent(() => import("../features/auth/SetPasswordPage"), "SetPasswordPage"),
});

/** Everything behind the sign-in. An address asked for before it is come back to after. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  errorComponent: ({ error, reset }) => <ErrorBox error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: "/signin", search: location.pathname === "/" ? {} : { returnTo: location.href } });
      }

      throw error;
    }
  },
});

const portfolio = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("../features/portfolio/PortfolioPage"), "PortfolioPage"),
});

const sessions = createRoute({
  getParentRoute: () => signedIn,
  path: "/sessions",
  validateSearch: (search: Record<string, unknown>): { start?: string; version?: number } => {
    const start = text(search["start"]);
    const version = Number(search["version"]);
    return start === undefined ? {} : Number.isInteger(version) && version > 0 ? { start, version } : { start };
  },
  component: lazyRouteComponent(() => import("../features/sessions/SessionsPage"), "SessionsPage"),
});

const session = createRoute({
  getParentRoute: () => signedIn,
  path: "/sessions/$sessionId",
  component: lazyRouteComponent(() => import("../features/sessions/SessionPage"), "SessionPage"),
});

const strategies = createRoute({
  getParentRoute: () => signedIn,
  path: "/strategies",
  component: lazyRouteComponent(() => import("../features/strategies/StrategiesPage"), "StrategiesPage"),
});

const strategy = createRoute({
  getParentRoute: () => signedIn,
  path: "/strategies/$strategyId",
  component: lazyRouteComponent(() => import("../features/strategies/StrategyPage"), "StrategyPage"),
});

const alerts = createRoute({
  getParentRoute: () => signedIn,
  path: "/alerts",
  component: lazyRouteComponent(() => import("../features/alerts/AlertsPage"), "AlertsPage"),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/account/AccountPage"), "AccountPage"),
});

const users = createRoute({
  getParentRoute: () => signedIn,
  path: "/users",
  component: lazyRouteComponent(() => import("../features/users/UsersPage"), "UsersPage"),
});

const licences = createRoute({
  getParentRoute: () => signedIn,
  path: "/licences",
  component: lazyRouteComponent(() => import("../features/licences/LicencesPage"), "LicencesPage"),
});

const routeTree = root.addChildren([
  signIn,
  register,
  setPassword,
  signedIn.addChildren([portfolio, sessions, session, strategies, strategy, alerts, account, users, licences]),
]);

export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    // The gateway's own addresses (/sessions, /trade, /live, ...) keep the root to themselves.
    basepath: "/app",
    context: { queryClient },
    defaultPreload: "intent",
    // Query decides what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
