/** Which of the project's panels is open. None of it is in the document. */
import { create } from "zustand";

export type Panel = "edits" | "versions" | "rename" | "export" | "import" | "difference";

export const usePanel = create<{ panel: Panel | null }>(() => ({ panel: null }));

export const openPanel = (panel: Panel) => usePanel.setState({ panel });
export const closePanel = () => usePanel.setState({ panel: null });
