/** An error on the page, where it belongs or above the screen. */
import { Alert, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { RunFailure, WireError } from "../bindings";
import { placeOf, titleOf, useErrors } from "./errors";
import { sentence } from "./format";
import { IconProblem } from "./icons";

interface ProblemProps {
  error: WireError | RunFailure;
  doing?: string;
  onDismiss?: () => void;
  /** Buttons that help. */
  children?: ReactNode;
  testId?: string;
}

export function Problem({ error, doing, onDismiss, children, testId = "problem" }: ProblemProps) {
  const place = "context" in error ? placeOf(error.context) : "";
  return (
    <Alert
      color="problem"
      data-tone="problem"
      variant="light"
      role="alert"
      icon={<IconProblem />}
      title={doing ? `${doing}: ${lower(titleOf(error.kind))}` : titleOf(error.kind)}
      withCloseButton={onDismiss !== undefined}
      closeButtonLabel="Dismiss"
      onClose={onDismiss}
      data-testid={testId}
      data-kind={error.kind}
    >
      <Stack gap={4}>
        <Text className="wrap" data-testid="problem-message">{sentence(error.message)}</Text>
        {error.remedy && <Text className="wrap" fw={600} data-testid="problem-remedy">{sentence(error.remedy)}</Text>}
        {place !== "" && <Text size="xs" c="dimmed" className="wrap"><bdi>{place}</bdi></Text>}
        {children && <Group gap="sm" mt={4}>{children}</Group>}
      </Stack>
    </Alert>
  );
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Errors that belong to no place on the screen; each stays until it is dismissed. */
export function ShownErrors() {
  const { shown, dismiss } = useErrors();
  if (shown.length === 0) return null;
  return (
    <Stack gap="sm" py="md" px="xl" w="100%" maw={1168} mx="auto" mah="40vh" style={{ overflowY: "auto", flexShrink: 0 }} data-testid="errors">
      {shown.map(({ id, error, doing }) => (
        <Problem key={id} error={error} doing={doing} onDismiss={() => dismiss(id)} />
      ))}
    </Stack>
  );
}
