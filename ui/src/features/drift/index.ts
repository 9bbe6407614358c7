/** Schemas that changed under the mapping. */
export { DriftBar } from "./DriftBar";
export { markGone, withDrift, withGone } from "./gone";
export { resetDrift, useDrift } from "./useDrift";
