import type { Project } from "../../bindings";
import type { Edit } from "../edit";

export type Options = NonNullable<Project["options"]>;

/** Changes how the run goes: chunk size, parallel jobs, how far the result is proved. */
export function setOptions(options: Partial<Options>): Edit {
  return {
    label: "Change the run's options",
    apply: (document) => {
      document.options = { ...document.options, ...options };
    },
  };
}
