import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { tagOf } from "@/api/client";

/** Reads a thing anew, and holds what was read while it is edited, with its tag. */
export function AsRead<T>(props: {
  // biome-ignore lint/suspicious/noExplicitAny: the key of a query is its own.
  query: UseQueryOptions<T, any, T, any>;
  url: string;
  children: (before: T, tag: string | undefined) => ReactNode;
}) {
  const read = useQuery({ ...props.query, staleTime: 0 });
  const [held, setHeld] = useState<{ data: T; tag: string | undefined }>();
  if (!held) {
    if (read.data === undefined || read.isFetching) return null;
    setHeld({ data: read.data, tag: tagOf(props.url) });
    return null;
  }
  return props.children(held.data, held.tag);
}
