/** Looks at values: bounded, ended at once when nobody waits for them any more, and asked again only when asked for. */
import { useQuery } from "@tanstack/react-query";

import type { LookedAt, WireError } from "../../bindings";
import { queries } from "../../app/query";
import { host, type Reply, type Request } from "../../host";
import { count } from "./model/types";

export type Look = "preview" | "profile_columns" | "evaluate_steps" | "find_losses";
export type Asked<K extends Look> = Omit<Request<K>, "ticket">;

let tickets = 0;

/** Asks; when the signal aborts, the engine ends the reading, too. */
export async function look<K extends Look>(operation: K, request: Asked<K>, signal?: AbortSignal): Promise<Reply<K>> {
  tickets += 1;
  const ticket = `${Date.now()}-${tickets}`;
  const cancel = () => void host.call("cancel_look", { ticket }).catch(() => undefined);
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await host.call(operation, { ...request, ticket } as unknown as Request<K>);
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

interface Looking {
  enabled?: boolean;
  /** Shows the last answer while another request is asked. */
  keep?: boolean;
}

export function useLook<K extends Look>(operation: K, request: Asked<K>, { enabled = true, keep = false }: Looking = {}) {
  const queryKey = [operation, request];
  const { data, error, isFetching, refetch } = useQuery<Reply<K>, WireError>({
    queryKey,
    queryFn: ({ signal }) => look(operation, request, signal),
    enabled,
    staleTime: 60_000,
    ...(keep ? { placeholderData: (before: unknown) => before as never } : {}),
  });
  return {
    data,
    error,
    isFetching,
    again: () => void refetch(),
    cancel: () => void queries.cancelQueries({ queryKey }),
  };
}

/** How much was looked at, in words: "all 59 rows", "100,000 rows, not all". */
export function lookedWords({ rows, sampled }: LookedAt): string {
  if (sampled) return `${count(rows)} rows, not all of them`;
  return rows === 0 ? "a table without rows" : rows === 1 ? "its one row" : `all ${count(rows)} rows`;
}
