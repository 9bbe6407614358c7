/** Errors of the engine arrive as data; anything else is a fault of ours. */
import type { WireError } from "../bindings";

export function isWireError(failure: unknown): failure is WireError {
  return typeof failure === "object" && failure !== null && "kind" in failure && "message" in failure;
}
