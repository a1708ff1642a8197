import { type QueryClient, QueryErrorResetBoundary, useQuery } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  retainSearchParams,
  useNavigate,
} from "@tanstack/react-router";
import { useEffect } from "react";
import { organization } from "@/api/client";
import { ApiError } from "@/api/problem";
import { meQuery } from "@/api/session";
import { type Environment, isEnvironment } from "@/lib/environment";
import { Unreachable } from "./crash";
import { Shell } from "./shell";
import { SignIn } from "./sign-in";

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
  beforeLoad: ({ search }) => organization.set(search.org ?? null),
  component: Root,
});

/** The console for who is signed in, the way in for who is not; the URL stays as it is. */
function Root() {
  const me = useQuery(meQuery);
  const isSignedOut = me.error instanceof ApiError && me.error.status === 401;
  if (isSignedOut) return <SignIn />;
  if (me.data) {
    return (
      <QueryErrorResetBoundary>
        <LeaveSignIn />
        <Shell />
      </QueryErrorResetBoundary>
    );
  }
  if (me.error) return <Unreachable error={me.error} onRetry={() => void me.refetch()} />;
  return <div role="status" aria-label="Loading" className="h-dvh" />;
}

/** Who is signed in has no business there. */
function LeaveSignIn() {
  const navigate = useNavigate();
  useEffect(() => {
    if (location.pathname === "/sign-in") void navigate({ to: "/", replace: true });
  }, [navigate]);
  return null;
}
