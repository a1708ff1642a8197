import type { Plugin } from "vite";
import { pages } from "./routes.ts";

/** Before the style sheet, for which scripts of the document wait. */
const PLACE = "<!-- preloads -->";

/**
 * The page that is asked for is fetched along with the shell, not after it: the document says which scripts each page
 * is made of.
 */
export const preloads: Plugin = {
  name: "preloads",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const withImports = (name: string, known: Set<string>): Set<string> => {
        if (known.has(name)) return known;
        known.add(name);
        for (const imported of byName.get(name)?.imports ?? []) withImports(imported, known);
        return known;
      };
      const shell = new Set<string>();
      for (const chunk of chunks) if (chunk.isEntry) withImports(chunk.fileName, shell);
      const files: string[] = [];
      const place = (file: string) =>
        files.includes(file) ? files.indexOf(file) : files.push(file) - 1;
      const ofPages: Record<string, number[]> = {};
      for (const { path, folder } of pages) {
        const page = chunks.find((chunk) =>
          chunk.facadeModuleId?.includes(`/features/${folder}/route.tsx?tsr-split=component`),
        );
        if (!page) throw new Error(`no script is the page of ${folder}`);
        ofPages[path] = [...withImports(page.fileName, new Set(shell))]
          .filter((file) => !shell.has(file))
          .map(place);
      }
      const font = Object.keys(bundle).find((file) => /inter-latin-wght-normal.*woff2$/.test(file));
      if (!font) throw new Error("the font of the console is called otherwise");
      if (!html.includes(PLACE)) throw new Error(`the document has no ${PLACE}`);
      return html.replace(
        PLACE,
        `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${font}" />
    <script nonce="__CSP_NONCE__">
      {
        const files = ${JSON.stringify(files)};
        const pages = ${JSON.stringify(ofPages)};
        for (const at of pages[location.pathname] ?? []) {
          const link = { rel: "modulepreload", crossOrigin: "", href: "/" + files[at] };
          document.head.append(Object.assign(document.createElement("link"), link));
        }
      }
    </script>`,
      );
    },
  },
};
