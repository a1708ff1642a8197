import {
  type DefaultError,
  type QueryKey,
  type UseQueryOptions,
  useQuery,
} from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { tagOf } from "@/api/client";
import { Dialog } from "./dialog";
import { Failure } from "./states";

/** Reads a thing anew, and holds what was read while it is edited, with its tag. */
export function AsRead<T, E = DefaultError, K extends QueryKey = QueryKey>(props: {
  query: UseQueryOptions<T, E, T, K>;
  url: string;
  children: (before: T, tag: string | undefined) => ReactNode;
}) {
  const read = useQuery({ ...props.query, staleTime: 0 });
  const [held, setHeld] = useState<{ data: T; tag: string | undefined }>();
  const [isClosed, setClosed] = useState(false);
  if (held) return props.children(held.data, held.tag);
  if (read.error && !isClosed) {
    return (
      <Dialog open onClose={() => setClosed(true)} title="Edit">
        <Failure
          error={read.error}
          what="What is to be edited"
          onRetry={() => void read.refetch()}
        />
      </Dialog>
    );
  }
  if (read.data !== undefined && !read.isFetching) {
    setHeld({ data: read.data, tag: tagOf(props.url) });
  }
  return null;
}
