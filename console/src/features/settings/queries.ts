import { queryOptions } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { everyPage } from "@/api/every-page";

export const TOKENS = "/api/auth/tokens";

export type Token = Schemas["Token"];
export type Organization = Schemas["Organization"];

export const organizationUrl = (name: string) => `/api/organizations/${name}`;

export const organizationQuery = (organization: string) =>
  $api.queryOptions("get", "/api/organizations/{organization}", {
    params: { path: { organization } },
  });

/** Every service token, by name. */
export const tokensQuery = queryOptions({
  queryKey: ["get", TOKENS, "every page"],
  queryFn: ({ signal }): Promise<Token[]> =>
    everyPage(async (query) => (await api.GET(TOKENS, { params: { query }, signal })).data!),
});
