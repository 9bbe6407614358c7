/** Which run a screen shows when none was named: the open project's latest. */
import type { RunSummary } from "../../bindings";
import { useNavigation } from "../../app/navigation";
import { useCall } from "../../app/query";
import { useProject } from "../../document";

export function useShownRun(keep: (run: RunSummary) => boolean = () => true) {
  const place = useNavigation((state) => state.place);
  const project = useProject((state) => state.project?.id);
  const named = "run" in place ? place.run : undefined;
  const runs = useCall("runs", { project: project ?? null }, { enabled: named === undefined && project !== undefined, staleTime: 0 });
  return {
    run: named ?? runs.data?.find(keep)?.run,
    pending: named === undefined && project !== undefined && runs.isPending,
    error: runs.error,
  };
}
