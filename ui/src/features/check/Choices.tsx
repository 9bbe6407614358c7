/** The ways to resolve a finding, each an edit of the mapping that can be undone. */
import { Button, Group } from "@mantine/core";
import type { Finding } from "../../bindings";
import { takeChoice, together, useProject } from "../../document";
import { sharedChoices } from "./findings";

export function ChoicesOf({ finding }: { finding: Finding }) {
  const edit = useProject((state) => state.edit);
  const { table, choices = [] } = finding;
  if (!table || choices.length === 0) return null;
  return (
    <Group gap="xs" mt={4} role="group" aria-label="Choices" data-testid="choices">
      {choices.map((choice) => (
        <Button
          key={choice.label}
          variant="light"
          onClick={() => edit(takeChoice(table, choice))}
          data-testid="choice"
        >
          {choice.label}
        </Button>
      ))}
    </Group>
  );
}

/** What every one of several findings offers, taken for all of them as one step of the history. */
export function ChoicesForAll({ findings }: { findings: readonly Finding[] }) {
  const edit = useProject((state) => state.edit);
  const shared = sharedChoices(findings);
  if (shared.length === 0) return null;
  return (
    <Group gap="xs" px={12} pb={8} role="group" aria-label="Choices for all of these" data-testid="choices-for-all">
      <span className="dim">For all {findings.length}:</span>
      {shared.map(({ label, taken }) => (
        <Button
          key={label}
          variant="subtle"
          onClick={() => edit(together(`${label}, ${taken.length} times`, taken.map(({ table, choice }) => takeChoice(table, choice))))}
          data-testid="choice-for-all"
        >
          {label}
        </Button>
      ))}
    </Group>
  );
}
