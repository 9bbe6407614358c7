import type { Edit } from "../edit";

export function renameProject(name: string): Edit {
  return {
    label: `Rename the project to ${name.trim()}`,
    apply: (document) => {
      document.name = name.trim();
    },
  };
}
