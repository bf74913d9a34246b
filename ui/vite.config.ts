import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running weir; production serves page and API from one place. */
const server = loadEnv("", ".", "WEIR_")["WEIR_URL"] ?? "http://127.0.0.1:8514";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  build: {
    target: "es2022",
    // Nothing inline: the page is served with a policy that forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        // The editor and the chart change rarely: their files stay in the browser's cache when only our code changes.
        manualChunks: (id) =>
          /node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt)/.test(id) ? "editor"
          : /node_modules\/uplot/.test(id) ? "chart"
          : /node_modules\/(react|react-dom|scheduler)\//.test(id) ? "react"
          : undefined,
      },
    },
  },
  server: { proxy: { "/v1": server, "/metrics": server } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
