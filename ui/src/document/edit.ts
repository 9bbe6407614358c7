/**
 * What an edit is, and the one place where edits are applied.
 *
 * An edit is a pure function from a document to a document with a name for the undo menu. It is written as changes to
 * an immer draft, which never touch the document it was given. Patches and their inverses are recorded here: no edit
 * writes its own inverse.
 */
import { type Draft, enablePatches, type Patch, produceWithPatches } from "immer";

import type { Project } from "../bindings";

enablePatches();

export interface Edit {
  /** What the undo menu says: "Link album.title". */
  readonly label: string;
  readonly apply: (document: Draft<Project>) => void;
}

export interface Applied {
  document: Project;
  patches: Patch[];
  inverse: Patch[];
}

export function applied(document: Project, edit: Edit): Applied {
  const [next, patches, inverse] = produceWithPatches(document, (draft) => edit.apply(draft));
  return { document: next, patches, inverse };
}

/** Several edits as one step of the history. */
export function together(label: string, edits: readonly Edit[]): Edit {
  return {
    label,
    apply: (document) => {
      for (const edit of edits) edit.apply(document);
    },
  };
}
