/** Errors as a person meets them: a title by kind, then what the engine said and what to do. */
import { create } from "zustand";
import type { Context, ErrorKind, WireError } from "../bindings";

const titles: Record<ErrorKind, string> = {
  "invalid-project": "The project file is not right",
  "invalid-url": "The connection cannot be understood",
  "not-found": "Not found",
  "wrong-format": "The file is of another kind",
  unreachable: "No answer",
  authentication: "User or password refused",
  permission: "Not allowed",
  "secret-needed": "A password is needed",
  keychain: "The keychain cannot be used",
  expression: "The expression does not work",
  conversion: "A value does not fit",
  "bad-data": "The data is malformed",
  constraint: "The target refused rows",
  blocked: "The plan blocks the run",
  "reject-limit": "Too many rows rejected",
  "disk-full": "The disk is full",
  busy: "In use elsewhere",
  conflict: "Changed elsewhere",
  transient: "The connection broke",
  cancelled: "Cancelled",
  unsupported: "Not possible here",
  io: "A file could not be read or written",
  internal: "A defect of Rowferry",
};

export function titleOf(kind: ErrorKind): string {
  return titles[kind] ?? "Something went wrong";
}

/** Where it happened, from the wide to the narrow: "connection target · table album · line 3". */
export function placeOf(context: Context): string {
  const table = context.column != null && context.table != null ? `${context.table}.${context.column}` : context.table;
  const parts: [string, string | number | null | undefined][] = [
    ["connection", context.connection],
    [context.column != null ? "column" : "table", table ?? context.column],
    ["rows", context.range],
    ["file", context.file],
    ["line", context.line],
    ["character", context.character],
    ["byte", context.byte],
    ["in the project at", context.path],
  ];
  return parts.flatMap(([name, value]) => (value == null ? [] : [`${name} ${value}`])).join(" · ");
}

/** Whatever was thrown, as an error of the engine: what is not one is a defect. */
export function toWireError(thrown: unknown): WireError {
  if (typeof thrown === "object" && thrown !== null && "kind" in thrown && "message" in thrown) {
    const error = thrown as WireError;
    return { ...error, context: error.context ?? {} };
  }
  return {
    kind: "internal",
    message: thrown instanceof Error ? thrown.message : String(thrown),
    remedy: "Please report this with what you did before.",
    context: {},
  };
}

export interface ShownError {
  id: number;
  error: WireError;
  /** What the person was doing: "Saving the project". */
  doing?: string;
}

interface Errors {
  shown: ShownError[];
  dismiss: (id: number) => void;
}

export const useErrors = create<Errors>((set) => ({
  shown: [],
  dismiss: (id) => set(({ shown }) => ({ shown: shown.filter((each) => each.id !== id) })),
}));

let next = 1;

/** Shows an error above the screen until the person dismisses it. The same error twice is shown once. */
export function showError(thrown: unknown, doing?: string): void {
  const error = toWireError(thrown);
  useErrors.setState(({ shown }) => {
    const others = shown.filter((each) => each.error.message !== error.message || each.error.kind !== error.kind);
    return { shown: [...others, { id: next++, error, doing }] };
  });
}
