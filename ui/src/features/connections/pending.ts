/**
 * Connections that cannot be in the document yet.
 *
 * A document names both sides or it is none: while a new project has one side only, that side waits here, for as long
 * as the window is open.
 */
import { create } from "zustand";
import type { Connection, SideName } from "../../bindings";
import { setConnection, together, useProject } from "../../document";

type Sides = Partial<Record<SideName, Connection>>;

const usePending = create<{ project: string; sides: Sides }>(() => ({ project: "", sides: {} }));

export function usePendingSide(side: SideName): Connection | undefined {
  const project = useProject((state) => state.project?.id);
  return usePending((state) => (state.project === project ? state.sides[side] : undefined));
}

const otherOf = (side: SideName): SideName => (side === "source" ? "target" : "source");

/** Sets a side, in the document as soon as it can hold it. */
export function putSide(side: SideName, connection: Connection): void {
  const { project, document, edit } = useProject.getState();
  if (!project || !document) return;
  const other = otherOf(side);
  if (document.connections[document[other]]) {
    edit(setConnection(side, document[side], connection.url, connection.environment));
    return;
  }
  const pending = usePending.getState();
  const waiting = pending.project === project.id ? pending.sides[other] : undefined;
  if (!waiting) {
    usePending.setState({ project: project.id, sides: { [side]: connection } });
    return;
  }
  edit(
    together("Set both connections", [
      setConnection(side, document[side], connection.url, connection.environment),
      setConnection(other, document[other], waiting.url, waiting.environment),
    ]),
  );
  // There is no way back to a document without connections: the project begins here.
  useProject.setState({ past: [], future: [], canUndo: false, canRedo: false, labels: { undo: null, redo: null } });
  usePending.setState({ project: "", sides: {} });
}
