/** The plan of the open project as it is saved: what is not saved yet is saved before the engine is asked. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Plan, WireError } from "../../bindings";
import { useProject } from "../../document";
import { host } from "../../host";

/** `withData`: the engine also reads the source, which takes longer and finds more. */
export function usePlan(withData: boolean) {
  const id = useProject((state) => state.project?.id ?? "");
  const document = useProject((state) => state.document);
  const version = useProject((state) => state.project?.version ?? 0);
  const settled = useProject((state) => state.saving.state === "saved");
  const query = useQuery<Plan, WireError>({
    queryKey: [withData ? "examine" : "check", id, version],
    queryFn: async () => {
      await useProject.getState().save();
      return host.call(withData ? "examine" : "check", { id });
    },
    enabled: document !== null && settled,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
  /** Ends the reading of the data, at once. */
  const cancel = () => host.call("cancel_examination", { id });
  return { ...query, isChecking: query.isFetching || !settled, cancel };
}
