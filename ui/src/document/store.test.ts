import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { EditHistory, OpenProject, Project, SaveProject } from "../bindings";
import { type Host, replaceHost } from "../host";
import { linkColumns } from "./edits/linkColumns";
import { renameProject } from "./edits/renameProject";
import { OUTSIDE, withPast } from "./open";
import { useProject } from "./store";
import { ALBUM, album, smallProject } from "./testing/project";

let saves: Project[] = [];
let answer: (document: Project) => Promise<{ version: number; document: Project }>;
/** What the workspace keeps. */
let history: EditHistory;
let file: OpenProject;
let unchanged: () => Promise<unknown>;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  saves = [];
  answer = (document) => Promise.resolve({ version: saves.length + 1, document: structuredClone(document) });
  history = { version: 0, done: 0, edits: [] };
  unchanged = () => Promise.resolve({});
  const call = async (operation: string, request: unknown) => {
    if (operation === "edit_history") return structuredClone(history);
    if (operation === "load_project" || operation === "load_version") return structuredClone(file);
    if (operation === "project_unchanged") return unchanged();
    const { document, edits } = request as SaveProject;
    saves.push(document);
    const saved = await answer(document);
    if (edits) history = { version: saved.version, done: edits.done, edits: [...history.edits.slice(0, edits.kept), ...structuredClone(edits.edits)] };
    file = { ...file, version: saved.version, document: structuredClone(saved.document) };
    return saved;
  };
  replaceHost({ call } as unknown as Host);
  file = { id: "p1", path: "/p", version: 1, document: smallProject() };
  useProject.getState().open(structuredClone(file));
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
  // The engine has brought it up to date, and so the history is kept once more.
  reply();
  await vi.advanceTimersByTimeAsync(0);
  expect(saves.map((each) => each.name)).toEqual(["a", "b", "b!"]);
  expect(state().document!.name).toBe("b!");
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

/** As if the window had gone, and another had been opened on the same workspace. */
async function restart() {
  useProject.setState({ project: null, document: null, past: [], future: [] });
  const opened = structuredClone(file);
  state().open(opened, await withPast(opened));
}

test("undo and redo survive a restart, as far back as there are edits", async () => {
  for (let i = 0; i < 200; i += 1) {
    state().edit(renameProject(`name ${i}`));
    if (i % 50 === 49) await state().save();
  }
  state().undo();
  await state().save();
  await restart();
  expect(state().labels).toEqual({ undo: "Rename the project to name 198", redo: "Rename the project to name 199" });
  expect(state().past).toHaveLength(199);
  state().goTo(0);
  expect(state().document).toEqual(smallProject());
  state().goTo(200);
  expect(state().document!.name).toBe("name 199");
});

test("an edit that no save has reached is there after a restart, and is saved then", async () => {
  state().edit(renameProject("a"));
  await state().save();
  state().edit(renameProject("b"));
  state().undo();
  state().edit(renameProject("c"));
  await restart();
  expect(state().document!.name).toBe("c");
  expect(state().saving.state).toBe("waiting");
  await vi.advanceTimersByTimeAsync(500);
  expect(file.document.name).toBe("c");
  state().goTo(0);
  expect(state().document).toEqual(smallProject());
});

test("a file that was changed outside meets no patch of another document: the change is an edit of its own", async () => {
  state().edit(renameProject("a"));
  state().edit(linkColumns(ALBUM, "Year", album, "year"));
  await state().save();
  const before = structuredClone(file);
  const there: Project = { ...structuredClone(file.document), name: "by hand", tables: [] };
  useProject.setState({ project: null, document: null, past: [], future: [] });
  const opened = { ...file, version: 7, document: there };
  file = before;
  const past = await withPast(opened);
  state().open(opened, past);
  expect(state().document).toEqual(there);
  expect(state().labels.undo).toBe(OUTSIDE);
  state().undo();
  expect(state().document).toEqual(before.document);
  state().goTo(0);
  expect(state().document).toEqual(smallProject());
  state().goTo(3);
  expect(state().document).toEqual(there);
});

test("unsaved edits of another version are not brought back", async () => {
  state().edit(renameProject("a"));
  await state().save();
  state().edit(renameProject("b"));
  file = { ...file, version: 9, document: { ...file.document, name: "other" } };
  history = { version: 0, done: 0, edits: [] };
  await restart();
  expect(state().document!.name).toBe("other");
  expect(state().canUndo).toBe(false);
});

const conflict = { kind: "conflict", message: "the project file /p was changed by another program", remedy: null, context: {} };

test("a conflict stops saving until a person has chosen, and keeps what is edited meanwhile", async () => {
  answer = () => Promise.reject(conflict);
  state().edit(renameProject("mine"));
  await vi.advanceTimersByTimeAsync(500);
  expect(state().saving).toEqual({ state: "failed", error: conflict });
  state().edit(renameProject("mine too"));
  await vi.advanceTimersByTimeAsync(5000);
  expect(saves).toHaveLength(1);
  expect(state().saving.state).toBe("failed");
  await expect(state().save()).rejects.toBe(conflict);

  answer = (document) => Promise.resolve({ version: 4, document });
  file = { ...file, version: 3, document: { ...smallProject(), name: "theirs" } };
  await state().keepMine();
  expect(saves.at(-1)!.name).toBe("mine too");
  expect(state().saving.state).toBe("saved");
});

test("taking theirs is an edit that can be undone", async () => {
  state().edit(renameProject("mine"));
  await state().save();
  unchanged = () => Promise.reject(conflict);
  await state().look();
  expect(state().saving.state).toBe("failed");
  file = { ...file, version: 5, document: { ...smallProject(), name: "theirs" } };
  await state().takeTheirs();
  expect(state().document!.name).toBe("theirs");
  expect(state().saving.state).toBe("saved");
  state().undo();
  expect(state().document!.name).toBe("mine");
});
