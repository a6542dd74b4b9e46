import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { afterBuild } from "./scripts/afterBuild.ts";

const gateway = process.env["GATEWAY_URL"] ?? "http://localhost:3000";

export default defineConfig({
  plugins: [react(), afterBuild()],
  build: {
    target: "es2023",
    manifest: true,
    modulePreload: { polyfill: false },
    // A data: address would need a wider policy than fonts from our own origin.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: "charts", test: /node_modules[\\/](lightweight-charts|fancy-canvas)[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    port: 3001,
    strictPort: true,
    // The browser sees one origin, as it does in the built page, so cookies and the same-origin check behave alike.
    proxy: Object.fromEntries(
      ["/api", "/sessions", "/trade", "/openapi", "/swagger", "/health", "/live", "/market", "/ws"].map((prefix) => [
        prefix,
        { target: gateway, ws: true },
      ]),
    ),
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/patience.ts"],
    testTimeout: 60_000,
  },
});
