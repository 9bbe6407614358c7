import type { Environment } from "../../bindings";
import type { Edit } from "../edit";

export type Side = "source" | "target";

/**
 * Says how a side is reached. `name` is the connection's, and so its secret's.
 *
 * A connection that neither side uses any more is taken out.
 */
export function setConnection(side: Side, name: string, url: string, environment?: Environment): Edit {
  return {
    label: `Set the ${side} connection`,
    apply: (document) => {
      const before = document[side];
      document.connections[name] = {
        url,
        environment: environment ?? document.connections[name]?.environment ?? document.connections[before]?.environment ?? "development",
      };
      document[side] = name;
      if (before !== document.source && before !== document.target) delete document.connections[before];
    },
  };
}

/** Marks the connection of a side as development, test, staging or production. */
export function setEnvironment(side: Side, environment: Environment): Edit {
  return {
    label: `Mark the ${side} as ${environment}`,
    apply: (document) => {
      const connection = document.connections[document[side]];
      if (connection) connection.environment = environment;
    },
  };
}
