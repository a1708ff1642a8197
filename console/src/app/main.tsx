import "./styles.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { queryClient } from "@/api/client";
import { meQuery } from "@/api/session";
import { router } from "./router";

void queryClient.prefetchQuery(meQuery);

// A page that was open while the program was replaced asks for scripts that are gone: it loads anew, once.
addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("glaux.reloaded") === location.href) return;
  sessionStorage.setItem("glaux.reloaded", location.href);
  event.preventDefault();
  location.reload();
});

addEventListener("load", () => {
  // It loaded: what fails next is another update.
  setTimeout(() => sessionStorage.removeItem("glaux.reloaded"), 10_000);
});

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

createRoot(document.getElementById("root")!).render(
  <CSPProvider nonce={nonce}>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </CSPProvider>,
);

// Pages open menus and dialogs: what these stand on comes while the reader looks around.
const later = globalThis.requestIdleCallback ?? ((does: () => void) => setTimeout(does, 1_000));
later(() => void import("@/ui/dialog"));
