/** Opening and leaving projects. */
import type { OpenProject } from "../bindings";
import { useProject, withPast } from "../document";
import { showError, useErrors } from "./errors";
import { go, type Place } from "./navigation";
import { forget, queries } from "./query";

/** Opens it in the window, at the step where work is left to do. Rejects when it cannot be opened. */
export async function openInWindow(opening: Promise<OpenProject>): Promise<void> {
  const opened = await opening;
  const past = await withPast(opened);
  await useProject.getState().close();
  queries.clear();
  // What went wrong in another project is not this one's.
  useErrors.setState({ shown: [] });
  useProject.getState().open(opened, past);
  const { connections, source, target } = opened.document;
  go({ screen: connections[source] && connections[target] ? "mapper" : "connections" });
}

export async function enterProject(opening: Promise<OpenProject>, doing: string): Promise<void> {
  try {
    await openInWindow(opening);
  } catch (error) {
    showError(error, doing);
  }
}

/** Goes where the engine looks at the project as it is saved. A failure to save shows in the header. */
export async function goSaved(place: Place): Promise<void> {
  await useProject.getState().save().catch(() => undefined);
  go(place);
}

/** Back to the list of projects; what is not saved yet is saved first, or the project stays open. */
export async function leaveProject(): Promise<void> {
  try {
    await useProject.getState().close();
    forget("recent_projects");
    go({ screen: "start" });
  } catch (error) {
    showError(error, "Saving the project");
  }
}
