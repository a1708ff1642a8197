import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { preloads } from "./preloads.ts";
import { routes } from "./routes.ts";

/** Where `npm run dev` finds the program. */
const program = process.env.GLAUX_ADDRESS ?? "http://127.0.0.1:8080";

/** Routes are found once, when the server starts: a page that comes or goes starts it anew. */
const pages: Plugin = {
  name: "pages",
  configureServer(server) {
    const look = (file: string) => {
      if (/features\/[^/]+\/route\.tsx$/.test(file)) void server.restart();
    };
    server.watcher.on("add", look).on("unlink", look);
  },
};

export default defineConfig({
  // Each server that is started for development keeps its own.
  cacheDir: process.env.VITE_CACHE_DIR,
  plugins: [
    // Before react(), or pages are not split off.
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      routesDirectory: "./src",
      generatedRouteTree: "./src/app/routes.gen.ts",
      virtualRouteConfig: routes,
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    tailwindcss(),
    pages,
    preloads,
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  html: { cspNonce: "__CSP_NONCE__" },
  server: { proxy: { "/api": { target: program, ws: true } } },
  build: {
    target: "es2023",
    manifest: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // What was bundled keeps its notices.
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "react",
              test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store)[\\/]/,
            },
            {
              // What every pop-up stands on; the shell fetches it once it stands itself.
              name: "popups",
              test: /node_modules[\\/]@(base-ui[\\/](utils|react[\\/](floating-ui-react|internals(?![\\/]csp)|utils|merge-props|dialog|use-render))|floating-ui)[\\/]/,
            },
            {
              name: "tanstack",
              test: /node_modules[\\/]@tanstack[\\/](react-router|router-core|history|react-query|query-core|react-store|store)[\\/]/,
            },
          ],
        },
      },
    },
  },
});
