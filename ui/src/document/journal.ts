/**
 * Edits that are not in the project's file yet, kept where a window that dies leaves them.
 *
 * It is written at once with every edit and emptied by every save. What is found in it belongs to one version of one
 * project; with any other it is worth nothing and is thrown away.
 */
import type { EditsMade } from "./history";

const KEY = "rowferry.unsaved.";

interface Kept {
  version: number;
  made: EditsMade;
}

export function keepUnsaved(id: string, version: number, made: EditsMade): void {
  const kept: Kept = { version, made };
  try {
    localStorage.setItem(KEY + id, JSON.stringify(kept));
  } catch {
    // Too much for this place. Half a truth would be worse than none; the save that follows in a moment has no limit.
    forgetUnsaved(id);
  }
}

export function forgetUnsaved(id: string): void {
  localStorage.removeItem(KEY + id);
}

export function unsavedOf(id: string, version: number): EditsMade | null {
  try {
    const text = localStorage.getItem(KEY + id);
    const kept = text === null ? null : (JSON.parse(text) as Kept);
    return kept?.version === version && Array.isArray(kept.made?.edits) ? kept.made : null;
  } catch {
    return null;
  }
}
