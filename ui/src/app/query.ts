/** Questions to the engine, remembered: `useCall` for what is read, `host.call` for what is done. */
import { type Query, QueryClient, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { WireError } from "../bindings";
import { host, type Operation, type Reply, type Request } from "../host";

export const queries = new QueryClient({
  defaultOptions: {
    // The engine is in the same process: asking again does not help, and nothing changes behind our back unseen.
    queries: { retry: false, refetchOnWindowFocus: false, staleTime: 30_000, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

interface Asking<K extends Operation> {
  enabled?: boolean;
  staleTime?: number;
  /** By what was answered last. */
  refetchInterval?: (query: Query<Reply<K>, WireError>) => number | false;
  /** Shows the last answer while another request is asked. */
  keep?: boolean;
}

export function useCall<K extends Operation>(
  operation: K,
  request: Request<K>,
  { keep, ...asking }: Asking<K> = {},
): UseQueryResult<Reply<K>, WireError> {
  return useQuery<Reply<K>, WireError>({
    queryKey: [operation, request],
    queryFn: () => host.call(operation, request),
    ...(keep ? { placeholderData: (before: unknown) => before as never } : {}),
    ...asking,
  });
}

/** Makes the screens ask again. */
export function forget(...operations: Operation[]): void {
  for (const operation of operations) void queries.invalidateQueries({ queryKey: [operation] });
}
