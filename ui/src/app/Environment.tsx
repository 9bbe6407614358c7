/** Says what kind of place a connection leads to; staging and production in their own colours. */
import type { Environment } from "../bindings";
import { environmentColour } from "./theme";
import css from "./Environment.module.css";

export const environmentName: Record<Environment, string> = {
  development: "Development",
  test: "Test",
  staging: "Staging",
  production: "Production",
};

export function EnvironmentLabel({ environment }: { environment: Environment }) {
  return (
    <span className={css.label} style={environmentColour[environment]} data-environment={environment}>
      {environmentName[environment]}
    </span>
  );
}
