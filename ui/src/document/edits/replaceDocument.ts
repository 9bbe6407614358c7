import type { Project } from "../../bindings";
import { become } from "../become";
import type { Edit } from "../edit";

/** The parts of a document that can be taken over one by one. */
export const PARTS = ["tables", "connections", "options", "name"] as const;
export type Part = (typeof PARTS)[number];

/** Puts another document in the place of this one: an earlier version, or the file as somebody else left it. */
export function replaceDocument(next: Project, label: string): Edit {
  return takeParts(next, PARTS, label);
}

/** Takes over parts of another document. The project keeps its id, and the others stay as they are. */
export function takeParts(from: Project, parts: readonly Part[], label: string): Edit {
  return {
    label,
    apply: (document) => become(document, withParts(document, from, parts)),
  };
}

/** The document with parts of another in place of its own. */
export function withParts(document: Project, from: Project, parts: readonly Part[]): Project {
  const taken = (part: Part) => (parts.includes(part) ? from : document);
  return {
    ...document,
    name: taken("name").name,
    tables: taken("tables").tables,
    options: taken("options").options,
    connections: taken("connections").connections,
    source: taken("connections").source,
    target: taken("connections").target,
  };
}
