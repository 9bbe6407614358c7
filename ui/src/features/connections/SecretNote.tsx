/** Says where the password of a connection is kept, and lets it be forgotten. */
import { Anchor } from "@mantine/core";
import type { SecretState, SideName } from "../../bindings";
import { showError } from "../../app/errors";
import { forget, useCall } from "../../app/query";
import { useProject } from "../../document";
import { host } from "../../host";
import css from "./connections.module.css";

const texts: Record<SecretState, string> = {
  "not-needed": "No password is needed.",
  session: "The password is known until Rowferry is closed.",
  keychain: "The password is in the system keychain.",
  environment: "The password comes from the environment.",
  missing: "No password is known yet.",
};

interface SecretNoteProps {
  side: SideName;
  project: string;
  connection: string;
  keychainProblem: string | null;
}

export function SecretNote({ side, project, connection, keychainProblem }: SecretNoteProps) {
  const saved = useProject((state) => state.document?.connections[connection] !== undefined && state.saving.state === "saved");
  const status = useCall("secret_status", { project, connection }, { enabled: saved });
  const state = status.data?.state;
  const drop = () =>
    host.call("forget_secret", { project, connection }).then(
      () => forget("secret_status"),
      (error: unknown) => showError(error, "Forgetting the password"),
    );
  return (
    <p className={css.secret} data-testid={`${side}-secret`} data-state={state}>
      {state && <>{texts[state]} </>}
      {(state === "session" || state === "keychain") && (
        <Anchor component="button" type="button" size="xs" onClick={() => void drop()} data-testid={`${side}-forget`}>Forget it</Anchor>
      )}
      {status.data?.problem && <span> It is not in the keychain: {status.data.problem}</span>}
      {keychainProblem !== null && (
        <span data-testid={`${side}-keychain-problem`}>
          {" "}The system keychain cannot be used here ({keychainProblem}), so the password is asked for again in each session.
        </span>
      )}
    </p>
  );
}
