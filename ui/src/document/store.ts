/**
 * The open project: its document, the history of its edits, and its saving.
 *
 * `edit` is the only way to change the document. Saving follows by itself, half a second after the last edit; the
 * document that comes back takes the place of ours only when nothing changed meanwhile.
 */
import { create } from "zustand";

import type { OpenProject, Project, WireError } from "../bindings";
import { host } from "../host";
import { isWireError } from "./failure";
import type { Edit } from "./edit";
import { type Chapter, type History, keep, NO_HISTORY, recall, record, redo, settle, undo } from "./history";

export interface ProjectInfo {
  id: string;
  path: string;
  /** Counts saves. */
  version: number;
}

export type SaveState =
  | { state: "saved" }
  /** Edits that are not written yet. */
  | { state: "waiting" }
  | { state: "saving" }
  | { state: "failed"; error: WireError };

export interface ProjectState extends History {
  project: ProjectInfo | null;
  document: Project | null;
  saving: SaveState;

  canUndo: boolean;
  canRedo: boolean;
  /** What undo and redo would take back and do again. */
  labels: { undo: string | null; redo: string | null };

  open: (opened: OpenProject) => void;
  close: () => Promise<void>;
  /** Applies an edit and records it; `label` words it in place of the edit's own. */
  edit: (edit: Edit, label?: string) => void;
  undo: () => void;
  redo: () => void;
  /** Writes what is not written yet. Rejects with a `WireError`. */
  save: () => Promise<void>;
}

const DELAY = 500;
const SAVED: SaveState = { state: "saved" };

let timer: ReturnType<typeof setTimeout> | undefined;
let writing: Promise<void> | undefined;

const derived = ({ past, future }: History) => ({
  past,
  future,
  canUndo: past.length > 0,
  canRedo: future.length > 0,
  labels: { undo: past.at(-1)?.label ?? null, redo: future.at(-1)?.label ?? null },
});

export const useProject = create<ProjectState>()((set, get) => {
  function turn(step: (chapter: Chapter) => Chapter) {
    const { document, past, future } = get();
    if (!document) return;
    const before: Chapter = { document, past, future };
    const after = step(before);
    if (after === before) return;
    set({ document: after.document, saving: { state: "waiting" }, ...derived(after) });
    clearTimeout(timer);
    timer = setTimeout(() => void get().save().catch(() => undefined), DELAY);
  }

  async function write(): Promise<void> {
    const { project, document } = get();
    if (!project || !document) return;
    set({ saving: { state: "saving" } });
    try {
      const saved = await host.call("save_project", { id: project.id, document });
      const now = get();
      if (now.project?.id !== project.id) return;
      const info = { ...project, version: saved.version };
      if (now.document !== document) {
        set({ project: info, saving: { state: "waiting" } });
        return;
      }
      const settled = settle({ document, past: now.past, future: now.future }, saved.document);
      set({ project: info, document: settled.document, saving: SAVED, ...derived(settled) });
      keep(project.id, saved.version, settled);
    } catch (failure) {
      if (get().project?.id !== project.id) return;
      set({ saving: { state: "failed", error: isWireError(failure) ? failure : unexpected(failure) } });
      throw failure;
    }
  }

  return {
    project: null,
    document: null,
    saving: SAVED,
    ...derived(NO_HISTORY),

    open: (opened) => {
      clearTimeout(timer);
      const { id, path, version, document } = opened;
      set({ project: { id, path, version }, document, saving: SAVED, ...derived(recall(id, version)) });
    },
    close: async () => {
      await get().save();
      set({ project: null, document: null, saving: SAVED, ...derived(NO_HISTORY) });
    },
    edit: (edit, label) => turn((chapter) => record(chapter, label === undefined ? edit : { ...edit, label })),
    undo: () => turn(undo),
    redo: () => turn(redo),
    save: async () => {
      clearTimeout(timer);
      // One write at a time: what is written last is what was edited last.
      while (writing) await writing.catch(() => undefined);
      while (get().project && get().saving.state !== "saved") {
        writing = write().finally(() => {
          writing = undefined;
        });
        await writing;
      }
    },
  };
});

function unexpected(failure: unknown): WireError {
  return {
    kind: "internal",
    message: `The project could not be saved: ${String(failure)}`,
    remedy: "Try again; if it stays, copy the project file before closing.",
    context: {},
  };
}
