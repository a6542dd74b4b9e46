import type { QueryClient } from "@tanstack/react-query";
import { meQuery } from "../api/queries";
import type { makeRouter } from "./router";

type Router = Pick<ReturnType<typeof makeRouter>, "navigate" | "state">;

/** Pages that are there for whoever is not signed in. */
const doors = new Set(["/signin", "/register", "/set-password"]);

/** Goes to the sign-in, once, when the gateway no longer knows us; afterwards the page comes back to where it was. */
export function leaveForSignIn(router: Router, queryClient: QueryClient): void {
  const { pathname, href } = router.state.location;
  if (!doors.has(pathname) && queryClient.getQueryData(meQuery.queryKey) !== undefined) {
    queryClient.clear();
    // Nobody is asked whether to stay: nothing works here without a sign-in, and what is not saved is kept as a draft.
    void router.navigate({ to: "/signin", search: pathname === "/" ? {} : { returnTo: href }, ignoreBlocker: true });
  }
}
