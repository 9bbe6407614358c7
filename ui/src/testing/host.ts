/** A host for tests of the window: answers from a table of functions, and lets the test send a run's events. */
import type { RunEvent } from "../bindings";
import type { Host, Operation, Reply, Request } from "../host";
import { replaceHost } from "../host";

export type Answers = { [K in Operation]?: (request: Request<K>) => Reply<K> | Promise<Reply<K>> };

export interface FakeHost {
  calls: { operation: Operation; request: unknown }[];
  emit(run: string, event: RunEvent): void;
}

/** An operation without an answer fails the test that called it. */
export function fakeHost(answers: Answers): FakeHost {
  const watchers = new Map<string, Set<(event: RunEvent) => void>>();
  const calls: FakeHost["calls"] = [];
  const host: Host = {
    shell: "browser",
    async call<K extends Operation>(operation: K, request: Request<K>): Promise<Reply<K>> {
      calls.push({ operation, request });
      const answer = answers[operation];
      if (!answer) throw new Error(`the test has no answer for ${operation}`);
      return await answer(request);
    },
    watchRun(run, onEvent) {
      const set = watchers.get(run) ?? new Set();
      watchers.set(run, set.add(onEvent));
      return Promise.resolve(() => void set.delete(onEvent));
    },
    opening: () => Promise.resolve(null),
    beforeClose: () => () => undefined,
    pickFile: () => Promise.resolve(null),
    reveal: () => Promise.resolve(),
    onOpen: () => undefined,
    close: () => Promise.resolve(),
  };
  replaceHost(host);
  return {
    calls,
    emit: (run, event) => watchers.get(run)?.forEach((watcher) => watcher(event)),
  };
}
