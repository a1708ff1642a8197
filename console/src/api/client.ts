/** The management API, typed by `api/openapi.json`. */
import { QueryClient } from "@tanstack/react-query";
import createFetch, { type Middleware } from "openapi-fetch";
import createQuery from "openapi-react-query";
import { heardDate } from "@/lib/now";
import { store } from "@/lib/store";
import { ApiError } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The organization that requests name; `null` is the caller's own. */
export const organization = store<string | null>(null);
/** Whether the program no longer knows who asks: his session has ended. */
export const isSignedOut = store(false);
/** Whether the program has been replaced since this page was loaded. */
export const isOutdated = store(false);

/** The `ETag` of each object that was read last, by its URL. */
const tags = new Map<string, string>();
let build: string | undefined;

/** What `If-Match` says when the object of this URL is changed as it was read last. */
export const tagOf = (url: string) => tags.get(url);

const conventions: Middleware = {
  onRequest({ request }) {
    const named = organization.get();
    if (named) request.headers.set("x-glaux-organization", named);
    return request;
  },
  async onResponse({ request, response }) {
    heardDate(response.headers.get("date"));
    const served = response.headers.get("x-console-build");
    if (served) {
      build ??= served;
      if (build !== served) isOutdated.set(true);
    }
    if (response.status === 401) isSignedOut.set(true);
    else if (response.ok && new URL(request.url).pathname === "/api/me") isSignedOut.set(false);
    if (!response.ok) throw await ApiError.of(response);
    const tag = response.headers.get("etag");
    if (tag && request.method === "GET") tags.set(new URL(request.url).pathname, tag);
    return response;
  },
};

export const api = createFetch<paths>({
  baseUrl: globalThis.location?.origin,
  credentials: "same-origin",
  // Looked up at each request, so that a test can answer in its place.
  fetch: (request) => globalThis.fetch(request),
});
api.use(conventions);

/** Queries by method, path and parameters: `$api.queryOptions("get", "/api/me")`. */
export const $api = createQuery(api);

/** What refused once will refuse again; what got no answer may get one. */
const mayHelp = (failures: number, error: unknown) =>
  failures < 2 && !(error instanceof ApiError && error.status < 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: mayHelp,
      retryDelay: (failures) => 400 * 2 ** failures,
      refetchOnWindowFocus: false,
    },
  },
});

/** How long what hardly ever changes is good for. */
export const CATALOG_STALE_TIME = 5 * 60_000;

/** Looks at another organization: nothing of the one before is shown any more. */
export function enterOrganization(named: string | null) {
  if (organization.get() === named) return;
  organization.set(named);
  tags.clear();
  queryClient.clear();
}
