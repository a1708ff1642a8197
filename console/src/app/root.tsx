import { type QueryClient, QueryErrorResetBoundary, useQuery } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  retainSearchParams,
  useNavigate,
} from "@tanstack/react-router";
import { useEffect } from "react";
import { enterOrganization, isSignedOut } from "@/api/client";
import { meQuery } from "@/api/session";
import { type Environment, isEnvironment } from "@/lib/environment";
import { useStore } from "@/lib/store";
import { useEnvironment } from "@/lib/use-environment";
import { Unreachable } from "./crash";
import { Shell } from "./shell";
import { SignIn, takeReturn } from "./sign-in";

/** What every page's URL may say. */
export type RootSearch = {
  /** The environment that is looked at. */
  env?: Environment;
  /** The organization, where it is not one's own. */
  org?: string;
};

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>): RootSearch => ({
    env: isEnvironment(search.env) ? search.env : undefined,
    org: typeof search.org === "string" ? search.org : undefined,
  }),
  search: { middlewares: [retainSearchParams(["env", "org"])] },
  beforeLoad: ({ search }) => enterOrganization(search.org ?? null),
  component: Root,
});

/** The console for who is signed in, the way in for who is not; the URL stays as it is. */
function Root() {
  const me = useQuery(meQuery);
  const { org } = Route.useSearch();
  if (useStore(isSignedOut)) return <SignIn />;
  if (me.data) {
    return (
      <QueryErrorResetBoundary>
        <Arrival />
        <Shell key={org ?? ""} />
      </QueryErrorResetBoundary>
    );
  }
  if (me.error) return <Unreachable error={me.error} onRetry={() => void me.refetch()} />;
  return <div role="status" aria-label="Loading" className="h-dvh" />;
}

/** Leads from the way in to where the reader wanted to be, and has the URL say which environment he looks at. */
function Arrival() {
  const navigate = useNavigate();
  const { env } = Route.useSearch();
  const [environment] = useEnvironment();
  useEffect(() => {
    const wanted = takeReturn();
    if (wanted) void navigate({ href: wanted, replace: true });
    else if (location.pathname === "/sign-in") void navigate({ to: "/", replace: true });
    else if (!env) {
      const search = (old: object) => ({ ...old, env: environment });
      void navigate({ to: ".", search: search as never, replace: true });
    }
  }, [navigate, env, environment]);
  return null;
}
