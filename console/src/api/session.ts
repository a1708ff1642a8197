/** Who looks at the console, and what he may do. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { $api, type Schemas } from "./client";

export type Me = Schemas["Me"];

export const meQuery = $api.queryOptions("get", "/api/me", {}, { staleTime: 5 * 60_000 });

/** The signed-in person; the shell renders nothing that could ask before he is known. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data;

/** `*` is every right, in every organization. */
export const may = (me: Pick<Me, "permissions">, permission: string) =>
  me.permissions.includes("*") || me.permissions.includes(permission);

/** Whether he has a right. It decides what is shown; the program decides what happens. */
export function useCan() {
  const me = useMe();
  return (permission: string) => may(me, permission);
}
