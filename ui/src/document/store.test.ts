import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Project } from "../bindings";
import { type Host, replaceHost } from "../host";
import { renameProject } from "./edits/renameProject";
import { useProject } from "./store";
import { smallProject } from "./testing/project";

let saves: Project[] = [];
let answer: (document: Project) => Promise<{ version: number; document: Project }>;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  saves = [];
  answer = (document) => Promise.resolve({ version: saves.length + 1, document: structuredClone(document) });
  const call = (_operation: string, request: unknown) => {
    const { document } = request as { document: Project };
    saves.push(document);
    return answer(document);
  };
  replaceHost({ call } as unknown as Host);
  useProject.getState().open({ id: "p1", path: "/p", version: 1, document: smallProject() });
});
afterEach(() => vi.useRealTimers());

const state = () => useProject.getState();

test("edits in quick succession are written once, half a second after the last", async () => {
  state().edit(renameProject("a"));
  await vi.advanceTimersByTimeAsync(400);
  state().edit(renameProject("b"));
  await vi.advanceTimersByTimeAsync(499);
  expect(saves).toHaveLength(0);
  expect(state().saving.state).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(saves.map((each) => each.name)).toEqual(["b"]);
  expect(state().saving.state).toBe("saved");
  expect(state().project!.version).toBe(2);
});

test("a reply does not overwrite what was edited meanwhile, and that is written next", async () => {
  let reply: () => void = () => undefined;
  answer = (document) =>
    new Promise((resolve) => {
      reply = () => resolve({ version: saves.length + 1, document: { ...document, name: document.name + "!" } });
    });
  state().edit(renameProject("a"));
  await vi.advanceTimersByTimeAsync(500);
  state().edit(renameProject("b"));
  reply();
  await vi.advanceTimersByTimeAsync(0);
  expect(state().document!.name).toBe("b");
  reply();
  await vi.advanceTimersByTimeAsync(500);
  expect(saves.map((each) => each.name)).toEqual(["a", "b"]);
  expect(state().document!.name).toBe("b!");
});

test("undo survives a restart", async () => {
  state().edit(renameProject("a"));
  await state().save();
  const written = state().document!;
  const { version } = state().project!;
  await state().close();
  expect(state().canUndo).toBe(false);
  state().open({ id: "p1", path: "/p", version, document: structuredClone(written) });
  expect(state().labels.undo).toBe("Rename the project to a");
  state().undo();
  expect(state().document!.name).toBe("Chinook");
  expect(state().canRedo).toBe(true);
});

test("a save that fails says so and can be tried again", async () => {
  const failure = { kind: "no-space", message: "the disk is full", remedy: null, context: {} };
  answer = () => Promise.reject(failure);
  state().edit(renameProject("a"));
  await expect(state().save()).rejects.toBe(failure);
  expect(state().saving).toEqual({ state: "failed", error: failure });
  answer = (document) => Promise.resolve({ version: 9, document });
  await state().save();
  expect(state().saving.state).toBe("saved");
  expect(state().project!.version).toBe(9);
});
