/** The one door out of the window. */
import type { Host } from "./host";
import { http } from "./http";
import { tauri } from "./tauri";

export type { FileQuestion, Host, Operation, Reply, Request } from "./host";

let current: Host = "__TAURI_INTERNALS__" in window ? tauri : http;

export const host: Host = {
  get shell() {
    return current.shell;
  },
  call: (operation, request) => current.call(operation, request),
  watchRun: (run, onEvent) => current.watchRun(run, onEvent),
  opening: () => current.opening(),
  beforeClose: (work) => current.beforeClose(work),
  pickFile: (question) => current.pickFile(question),
  reveal: (path) => current.reveal(path),
  onOpen: (open) => current.onOpen(open),
  close: () => current.close(),
};

/** For tests: another host takes the place of the shell. */
export function replaceHost(other: Host) {
  current = other;
}
