/** Changes: each can be asked what it would do before it is made. */
import type { MaybeOptionalInit } from "openapi-fetch";
import type { HttpMethod, PathsWithMethod, SuccessResponse } from "openapi-typescript-helpers";
import { api, queryClient } from "./client";
import type { paths } from "./schema";

type WriteMethod = "post" | "put" | "patch" | "delete";

/** One thing that a change does, as the program said in advance. */
export type PlannedEntry = {
  kind: string;
  name: string;
  action: string;
  differences: Difference[];
};
export type Difference = {
  op: "add" | "remove" | "replace";
  path: string;
  old?: unknown;
  new?: unknown;
};

export type SendOptions = {
  /** Why, for the journal. */
  reason?: string;
  /** The tag of the state that the change was made from: 412 if it is another one by now. */
  tag?: string;
};

/** A change that has not been made yet. */
export type Write<T> = {
  /** What is asked for, as text: two writes that say the same are one change. */
  signature: string;
  /** Reads the object anew and gives the tag of its present state. */
  reread: () => Promise<string | undefined>;
  /** What would change. */
  plan: (options?: SendOptions) => Promise<PlannedEntry[]>;
  /** Makes the change, once however often it is sent, and has every page read again what it shows. */
  send: (options?: SendOptions) => Promise<T & { journal_seq?: number }>;
};

type Answer<M extends WriteMethod, P extends PathsWithMethod<paths, M>> =
  paths[P] extends Record<M, { responses: infer R extends Record<string | number, unknown> }>
    ? SuccessResponse<R, `${string}/${string}`>
    : never;

/** A change by its route, parameters and body. */
export function write<M extends WriteMethod, P extends PathsWithMethod<paths, M>>(
  method: M,
  path: P,
  init: MaybeOptionalInit<paths[P], M & keyof paths[P]>,
): Write<Answer<M, P>> {
  const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const request = async (options: SendOptions, isDryRun: boolean) => {
    const headers: Record<string, string> = {};
    if (method === "post" && !isDryRun) headers["idempotency-key"] = key;
    if (options.reason) headers["x-glaux-reason"] = encodeReason(options.reason);
    if (options.tag) headers["if-match"] = options.tag;
    const given = init as { params?: { query?: object } };
    const query = isDryRun ? { ...given.params?.query, dry_run: true } : given.params?.query;
    const full = { ...given, headers, params: { ...given.params, query } };
    // The parameters were checked above; what is added to them is not in every route's type.
    const send = api.request as (
      method: HttpMethod,
      path: string,
      init: unknown,
    ) => Promise<{ data?: unknown }>;
    return (await send(method, path, full)).data;
  };
  return {
    signature: JSON.stringify([method, path, init]),
    async reread() {
      // What is posted is done to the object above: `/keys/{key}/rotate`.
      const object = method === "post" ? path.replace(/\/[^/]+$/, "") : path;
      const read = api.request as (
        method: HttpMethod,
        path: string,
        init: unknown,
      ) => Promise<{ response: Response }>;
      const { response } = await read("get", object, {
        params: (init as { params?: object }).params,
      });
      return response.headers.get("etag") ?? undefined;
    },
    async plan(options = {}) {
      const planned = (await request(options, true)) as { changes?: PlannedEntry[] } | undefined;
      return planned?.changes ?? [];
    },
    async send(options = {}) {
      const answer = await request(options, false);
      void queryClient.invalidateQueries();
      return answer as Answer<M, P> & { journal_seq?: number };
    },
  };
}

/** A header's value is bytes; the program reads them as UTF-8. */
const encodeReason = (reason: string) =>
  String.fromCharCode(...new TextEncoder().encode(reason.replace(/\p{Cc}+/gu, " ").trim()));

/** Takes a decision of the journal back. */
export const undo = (seq: number) =>
  write("post", "/api/platform/ai-management/journal/{seq}/undo", { params: { path: { seq } } });
