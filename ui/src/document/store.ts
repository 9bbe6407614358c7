/**
 * The open project: its document, the history of its edits, and its saving.
 *
 * `edit` is the only way to change the document. Saving follows by itself, half a second after the last edit; the
 * document that comes back takes the place of ours only when nothing changed meanwhile. A file that somebody else has
 * changed is never overwritten unasked: saving stops as a conflict until a person has chosen.
 */
import { create } from "zustand";

import type { OpenProject, Project, WireError } from "../bindings";
import { host } from "../host";
import { isWireError } from "./failure";
import type { Edit } from "./edit";
import { replaceDocument } from "./edits/replaceDocument";
import {
  type Chapter,
  changeSince,
  type Entry,
  entriesOf,
  goTo,
  type History,
  NO_HISTORY,
  record,
  redo,
  settle,
  undo,
} from "./history";
import { forgetUnsaved, keepUnsaved } from "./journal";
import type { Opened } from "./open";

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
  /** Of the kind `conflict` when somebody else has changed the file. */
  | { state: "failed"; error: WireError };

export interface ProjectState extends History {
  project: ProjectInfo | null;
  document: Project | null;
  saving: SaveState;

  canUndo: boolean;
  canRedo: boolean;
  /** What undo and redo would take back and do again. */
  labels: { undo: string | null; redo: string | null };

  open: (opened: OpenProject, past?: Opened) => void;
  close: () => Promise<void>;
  /** Applies an edit and records it; `label` words it in place of the edit's own. */
  edit: (edit: Edit, label?: string) => void;
  undo: () => void;
  redo: () => void;
  /** Undoes or redoes until so many edits are done. */
  goTo: (done: number) => void;
  /** Writes what is not written yet. Rejects with a `WireError`. */
  save: () => Promise<void>;
  /** Asks whether somebody else has changed the file; if so, it shows as a conflict. */
  look: () => Promise<void>;
  /** Ends a conflict: the document as it is here goes over the file. */
  keepMine: () => Promise<void>;
  /** Ends a conflict: the document of the file takes the place of ours, as an edit. */
  takeTheirs: () => Promise<void>;
}

const DELAY = 500;
const SAVED: SaveState = { state: "saved" };
const WAITING: SaveState = { state: "waiting" };

let timer: ReturnType<typeof setTimeout> | undefined;
let writing: Promise<void> | undefined;
/** The history as the workspace has it. */
let kept: Entry[] = [];

const derived = ({ past, future }: History) => ({
  past,
  future,
  canUndo: past.length > 0,
  canRedo: future.length > 0,
  labels: { undo: past.at(-1)?.label ?? null, redo: future.at(-1)?.label ?? null },
});

export const isConflict = (saving: SaveState): boolean => saving.state === "failed" && saving.error.kind === "conflict";

export const useProject = create<ProjectState>()((set, get) => {
  function turn(step: (chapter: Chapter) => Chapter) {
    const { project, document, past, future, saving } = get();
    if (!document || !project) return;
    const before: Chapter = { document, past, future };
    const after = step(before);
    if (after === before) return;
    // A conflict stays until it is resolved: what is edited meanwhile waits with the rest.
    set({ document: after.document, saving: isConflict(saving) ? saving : WAITING, ...derived(after) });
    keepUnsaved(project.id, project.version, changeSince(kept, after));
    if (!isConflict(saving)) later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => void get().save().catch(() => undefined), DELAY);
  }

  async function write(force: boolean): Promise<void> {
    const { project, document, past, future } = get();
    if (!project || !document) return;
    set({ saving: { state: "saving" } });
    const sent = entriesOf({ past, future });
    try {
      const base = force ? null : project.version;
      const saved = await host.call("save_project", { id: project.id, document, base, edits: changeSince(kept, { past, future }) });
      if (get().project?.id !== project.id) return;
      kept = sent;
      const info = { ...project, version: saved.version };
      const now = get();
      if (now.document !== document) {
        set({ project: info, saving: WAITING });
        keepUnsaved(project.id, saved.version, changeSince(kept, now));
        return;
      }
      const settled = settle({ document, past: now.past, future: now.future }, saved.document);
      set({ project: info, document: settled.document, saving: SAVED, ...derived(settled) });
      forgetUnsaved(project.id);
      // The history that the workspace has must lead to the document that it has.
      if (settled.document !== document) await keepSettled(info, settled);
    } catch (failure) {
      if (get().project?.id !== project.id) return;
      set({ saving: { state: "failed", error: isWireError(failure) ? failure : unexpected(failure) } });
      throw failure;
    }
  }

  async function keepSettled({ id, version }: ProjectInfo, { document, past, future }: Chapter): Promise<void> {
    const saved = await host.call("save_project", { id, document, base: version, edits: changeSince(kept, { past, future }) });
    const now = get().project;
    if (now?.id !== id) return;
    kept = entriesOf({ past, future });
    set({ project: { ...now, version: saved.version } });
  }

  /** The file as it is now becomes the version to build on. */
  async function theirs(): Promise<OpenProject | null> {
    const { project } = get();
    if (!project) return null;
    const file = await host.call("load_project", { id: project.id });
    if (get().project?.id !== project.id) return null;
    set({ project: { ...project, version: file.version } });
    return file;
  }

  return {
    project: null,
    document: null,
    saving: SAVED,
    ...derived(NO_HISTORY),

    open: (opened, past) => {
      clearTimeout(timer);
      const { id, path, version, document } = opened;
      kept = past?.saved ?? [];
      const chapter = past?.chapter ?? { document, ...NO_HISTORY };
      const saving = past?.unsaved ? WAITING : SAVED;
      set({ project: { id, path, version }, document: chapter.document, saving, ...derived(chapter) });
      if (past?.unsaved) later();
    },
    close: async () => {
      await get().save();
      kept = [];
      set({ project: null, document: null, saving: SAVED, ...derived(NO_HISTORY) });
    },
    edit: (edit, label) => turn((chapter) => record(chapter, label === undefined ? edit : { ...edit, label })),
    undo: () => turn(undo),
    redo: () => turn(redo),
    goTo: (done) => turn((chapter) => goTo(chapter, done)),
    save: async () => {
      clearTimeout(timer);
      // One write at a time: what is written last is what was edited last.
      while (writing) await writing.catch(() => undefined);
      while (get().project && get().saving.state !== "saved") {
        const { saving } = get();
        if (saving.state === "failed" && isConflict(saving)) throw saving.error;
        await (writing = write(false).finally(() => {
          writing = undefined;
        }));
      }
    },
    look: async () => {
      const { project, saving } = get();
      if (!project || writing || (saving.state !== "saved" && saving.state !== "waiting")) return;
      try {
        await host.call("project_unchanged", { id: project.id, version: project.version });
      } catch (failure) {
        const now = get().project;
        // A save of our own that began meanwhile finds it out by itself.
        if (now?.id !== project.id || now.version !== project.version || writing) return;
        if (isWireError(failure) && failure.kind === "conflict") {
          clearTimeout(timer);
          set({ saving: { state: "failed", error: failure } });
        }
      }
    },
    keepMine: async () => {
      // Their version is kept among the others, where it can be read.
      const readable = await theirs().catch(() => null);
      set({ saving: WAITING });
      await (writing = write(readable === null).finally(() => {
        writing = undefined;
      }));
    },
    takeTheirs: async () => {
      const file = await theirs();
      if (file === null) return;
      set({ saving: WAITING });
      get().edit(replaceDocument(file.document, "Take over the file as it was changed elsewhere"));
      await get().save();
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
