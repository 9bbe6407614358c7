/**
 * What the window asks of the shell around it.
 *
 * It is the only way out of the window: engine calls, events of a run, and the few things that only a shell can do.
 * Screens must not know which shell they are in.
 */
import type { Operations, RunEvent } from "../bindings";

export type Operation = keyof Operations;
export type Request<K extends Operation> = Operations[K]["request"];
export type Reply<K extends Operation> = Operations[K]["reply"];

export interface FileQuestion {
  title: string;
  /** Without the dot; empty is any file. */
  endings: string[];
  /** Asks where to save instead of what to open. */
  save?: boolean;
  /** Asks for a folder. */
  folder?: boolean;
}

export interface Host {
  readonly shell: "desktop" | "browser";
  /** Rejects with a `WireError`. */
  call<K extends Operation>(operation: K, request: Request<K>): Promise<Reply<K>>;
  /** Calls `onEvent` in the order of the events, until the returned function is called. */
  watchRun(run: string, onEvent: (event: RunEvent) => void): Promise<() => void>;
  /** The id of the project that this window was started with; answers once. */
  opening(): Promise<string | null>;
  /** Does this before the window closes, until the returned function is called. It must not take long. */
  beforeClose(work: () => Promise<void>): () => void;
  /** The path chosen; `null` when the person cancelled, or the shell has no file dialog. */
  pickFile(question: FileQuestion): Promise<string | null>;
  /** Shows the file in the system's file manager. */
  reveal(path: string): Promise<void>;
  /** Calls `open` with a project's id when the person has started the program once more to see it. */
  onOpen(open: (project: string) => void): void;
  /** Closes the window, as its own button does; in a browser that is the browser's. */
  close(): Promise<void>;
}
