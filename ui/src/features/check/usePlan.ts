/** The plan of the open project as it is saved: what is not saved yet is saved before the engine is asked. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Plan, WireError } from "../../bindings";
import { useProject } from "../../document";
import { host } from "../../host";

export function usePlan() {
  const id = useProject((state) => state.project?.id ?? "");
  const document = useProject((state) => state.document);
  const version = useProject((state) => state.project?.version ?? 0);
  const settled = useProject((state) => state.saving.state === "saved");
  const query = useQuery<Plan, WireError>({
    queryKey: ["check", id, version],
    queryFn: async () => {
      await useProject.getState().save();
      return host.call("check", { id });
    },
    enabled: document !== null && settled,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
  return { ...query, isChecking: query.isFetching || !settled };
}
