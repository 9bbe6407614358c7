/** The way back to a run under way, from every screen: also after the window was closed and opened again. */
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { RunSnapshot } from "../bindings";
import { IconPause, IconPlay } from "./icons";
import { go, useNavigation } from "./navigation";
import { forget, useCall } from "./query";

/** Milliseconds between looks while a run is under way. */
const LOOK = 2000;

export function UnderWay() {
  const place = useNavigation((state) => state.place);
  const runs = useCall("live_runs", {}, {
    staleTime: 0,
    refetchInterval: (query) => ((query.state.data?.length ?? 0) > 0 ? LOOK : false),
  });
  useEnds(runs.data);
  const [latest, ...others] = runs.data ?? [];
  if (!latest || place.screen === "run") return null;
  const paused = latest.status === "paused";
  return (
    <Button
      variant="light"
      leftSection={paused ? <IconPause size={14} /> : <IconPlay size={14} />}
      onClick={() => go({ screen: "run", run: latest.run })}
      data-testid="under-way"
    >
      {paused ? "Paused" : "Running"}: <bdi>{latest.project_name}</bdi>{part(latest)}{others.length > 0 && ` and ${others.length} more`}
    </Button>
  );
}

/** What a run that has ended may have changed is asked for anew, whichever screen is open. */
function useEnds(runs: readonly RunSnapshot[] | undefined) {
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    if (runs === undefined) return;
    const now = runs.map((each) => each.run);
    if (before.current.some((run) => !now.includes(run))) {
      forget("catalog", "check", "examine", "runs", "report", "report_pictures", "recent_projects");
    }
    before.current = now;
  }, [runs]);
}

/** How far it is, where the source knows how many rows there are. */
function part({ tables }: RunSnapshot): string {
  let read = 0;
  let expected = 0;
  for (const table of tables) {
    if (table.expected == null) return "";
    read += table.read;
    expected += Math.max(table.expected, table.read);
  }
  return expected === 0 ? "" : `, ${Math.min(99, Math.floor((read / expected) * 100))} %`;
}
