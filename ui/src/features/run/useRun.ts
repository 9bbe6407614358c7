/**
 * Follows a run: asks where it is, then listens.
 *
 * A run under way is asked again once the listening has begun, so that nothing falls between; what is heard meanwhile is
 * applied afterwards.
 */
import { useEffect, useReducer, useRef, useState } from "react";
import type { RunEvent, RunSnapshot, WireError } from "../../bindings";
import { toWireError } from "../../app/errors";
import { forget } from "../../app/query";
import { host } from "../../host";
import { advance, elapsed, fromSnapshot, isOver, totals, type RunView, type Sample } from "./progress";

type Step = { snapshot: RunSnapshot } | { event: RunEvent };

function reduce(view: RunView | null, step: Step): RunView | null {
  const now = Date.now();
  if ("snapshot" in step) return fromSnapshot(step.snapshot, now);
  return view && advance(view, step.event, now);
}

/** How often the run is looked at for rates, in milliseconds. */
const LOOK = 500;
/** Two hours of looks; the chart then shows the last of them. */
const LOOKS = 14_400;

export interface FollowedRun {
  view: RunView | null;
  samples: readonly Sample[];
  /** The local clock at the last look. */
  now: number;
  error: WireError | null;
}

/** Looks at runs of this window, so that a screen that is left and entered again goes on with its chart. */
const kept = new Map<string, Sample[]>();

/** Follows one run for as long as the component lives: another run is another component, by its key. */
export function useRun(run: string): FollowedRun {
  const [view, step] = useReducer(reduce, null);
  const [error, setError] = useState<WireError | null>(null);
  const [looks, setLooks] = useState<{ samples: Sample[]; now: number }>(() => ({ samples: kept.get(run) ?? [], now: Date.now() }));
  const latest = useRef<RunView | null>(null);

  useEffect(() => {
    latest.current = view;
  }, [view]);

  useEffect(() => {
    let left = false;
    let stop: (() => void) | undefined;
    let heard: RunEvent[] | null = [];

    const ask = async () => {
      const snapshot = await host.call("run_status", { run });
      if (!left) step({ snapshot });
      return isOver(snapshot.status);
    };
    const hear = (event: RunEvent) => {
      if (left) return;
      if (heard) heard.push(event);
      else step({ event });
      if (event.event === "finished") {
        forget("runs", "live_runs", "report", "report_pictures", "recent_projects", "catalog");
        // Only the snapshot tells why.
        ask().catch(() => undefined);
      }
    };
    const follow = async () => {
      if (await ask()) return;
      // It may end at this very moment; then there is nothing to hear, and the second answer says how it ended.
      stop = await host.watchRun(run, hear).catch(() => undefined);
      if (left) return stop?.();
      await ask();
      const waiting = heard ?? [];
      heard = null;
      if (!left) for (const event of waiting) step({ event });
    };
    follow().catch((thrown: unknown) => {
      if (!left) setError(toWireError(thrown));
    });
    return () => {
      left = true;
      stop?.();
    };
  }, [run]);

  const going = view !== null && !isOver(view.status);
  useEffect(() => {
    const look = () => {
      const seen = latest.current;
      if (!seen) return;
      const now = Date.now();
      setLooks(({ samples }) => {
        const at = elapsed(seen, now);
        const rows = totals(seen.tables).read;
        const more = at > (samples.at(-1)?.at ?? -1) ? [...samples, { at, rows }].slice(-LOOKS) : samples;
        kept.set(run, more);
        return { samples: more, now };
      });
    };
    look();
    if (!going) return;
    const timer = setInterval(look, LOOK);
    return () => clearInterval(timer);
  }, [going, run]);

  return { view, samples: looks.samples, now: looks.now, error };
}
