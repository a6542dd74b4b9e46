// First, since it says which layer yields to which.
import "./styles.css";
import { MantineProvider, localStorageColorSchemeManager } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./kitStyles";
import { leaveForSignIn } from "./leaveForSignIn";
import { nonce, stampStyles } from "./nonce";
import { makeQueryClient } from "./queryClient";
import { makeRouter } from "./router";
import { theme, tokens } from "./theme";

stampStyles();

if (location.pathname === "/") {
  history.replaceState(null, "", "/app");
}

// After a new build this tab may ask for parts that are gone: load the new page, once, so that a fault does not loop.
addEventListener("vite:preloadError", () => {
  const reloaded = "stratforge-reloaded-at";
  if (Date.now() - Number(sessionStorage.getItem(reloaded) ?? 0) > 60_000) {
    sessionStorage.setItem(reloaded, String(Date.now()));
    location.reload();
  }
});

const queryClient = makeQueryClient(() => leaveForSignIn(router, queryClient));
const router = makeRouter(queryClient);

const host = document.getElementById("root");
if (host === null) {
  throw new Error("index.html has no root element.");
}

createRoot(host).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={tokens}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager()}
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
