import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { type Environment, lastEnvironment } from "./environment";
import { useStore } from "./store";

/** The environment that is looked at: the URL's, else the one of last time. */
export function useEnvironment(): [Environment, (next: Environment) => void] {
  const search: { env?: Environment } = useSearch({ strict: false });
  const last = useStore(lastEnvironment);
  const navigate = useNavigate();
  const set = useCallback(
    (next: Environment) => {
      lastEnvironment.set(next);
      void navigate({ to: ".", search: (old: object) => ({ ...old, env: next }), replace: true });
    },
    [navigate],
  );
  return [search.env ?? last, set];
}
