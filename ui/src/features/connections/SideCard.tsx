/** One side of the migration: its connector, the form that the connector asks for, and a test of it. */
import { Alert, Button, Checkbox, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ConnectionTested, Descriptor, Environment, SideName, WireError } from "../../bindings";
import { environmentName, EnvironmentLabel } from "../../app/Environment";
import { toWireError } from "../../app/errors";
import { counted, count } from "../../app/format";
import { IconCheck, IconDatabase } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { forget } from "../../app/query";
import { useProject } from "../../document";
import { host } from "../../host";
import { Fields } from "./Fields";
import { SecretNote } from "./SecretNote";
import { useSide } from "./useSide";
import type { Settle } from ".";
import css from "./connections.module.css";

interface SideCardProps {
  side: SideName;
  connectors: Descriptor[];
  keychainProblem: string | null;
  settle: (own: Settle) => void;
}

/** A result holds for the URL that was tested. */
type Test =
  | { state: "idle" }
  | { state: "busy" }
  | { state: "ok"; url: string; reply: ConnectionTested }
  | { state: "failed"; url: string; error: WireError };

const titles: Record<SideName, string> = { source: "Source", target: "Target" };
const leads: Record<SideName, string> = {
  source: "Rows are read from here. Rowferry never writes to it.",
  target: "Rows are written here, after you have seen the plan.",
};

export function SideCard({ side, connectors, keychainProblem, settle }: SideCardProps) {
  const project = useProject((state) => state.project);
  const { name, form, environment, url, incomplete, change, mark, settle: settleForm } = useSide(side, connectors[0].id);
  const [password, setPassword] = useState("");
  const [remember, setRemember] = useState(keychainProblem === null);
  const [test, setTest] = useState<Test>({ state: "idle" });
  const [touched, setTouched] = useState(false);
  const connector = connectors.find((each) => each.id === form.connector);
  const server = connector?.form.form === "server";

  const keep = async () => {
    if (!project || !server || password === "") return;
    await host.call("set_secret", {
      project: project.id,
      connection: name,
      secret: password,
      remember: remember && keychainProblem === null,
    });
    setPassword("");
    forget("secret_status");
  };

  useEffect(() =>
    settle(async () => {
      await settleForm();
      await keep();
    }),
  );

  const run = async () => {
    if (!project) return;
    setTouched(true);
    setTest({ state: "busy" });
    const now = await settleForm();
    if (now === null) {
      setTest({ state: "idle" });
      return;
    }
    try {
      const reply = await host.call("test_connection", {
        project: project.id,
        name,
        url: now,
        secret: server && password !== "" ? password : null,
        writes: side === "target",
      });
      await keep();
      forget("catalog", "check");
      setTest({ state: "ok", url: now, reply });
    } catch (error) {
      setTest({ state: "failed", url: now, error: toWireError(error) });
    }
  };

  const onChange: typeof change = (part) => {
    setTest({ state: "idle" });
    change(part);
  };

  return (
    <section className={css.side} aria-labelledby={`${side}-title`} data-testid={`connection-${side}`}>
      <div className={css.title}>
        <h2 id={`${side}-title`}>{titles[side]}</h2>
        <EnvironmentLabel environment={environment} />
      </div>
      <p className={css.lead}>{leads[side]}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Stack gap="md">
          <Group grow align="flex-start" gap="md">
            <Select
              label="Kind"
              leftSection={<IconDatabase size={14} />}
              data={connectors.map((each) => ({ value: each.id, label: each.name }))}
              value={form.connector}
              onChange={(value) => value !== null && onChange({ connector: value })}
              data-testid={`${side}-connector`}
            />
            <Select
              label="Environment"
              data={Object.entries(environmentName).map(([value, label]) => ({ value, label }))}
              value={environment}
              onChange={(value) => value !== null && mark(value as Environment)}
              data-testid={`${side}-environment`}
            />
          </Group>
          {side === "target" && environment === "production" && (
            <Text size="xs" c="dimmed">A run into production must be confirmed on its own.</Text>
          )}
          {connector && (
            <Fields
              side={side}
              connector={connector}
              form={form}
              change={onChange}
              password={password}
              setPassword={(next) => {
                setTest({ state: "idle" });
                setPassword(next);
              }}
            />
          )}
          {server && project && (
            <div>
              <Checkbox
                label="Remember the password in the system keychain"
                checked={remember && keychainProblem === null}
                disabled={keychainProblem !== null}
                onChange={(event) => setRemember(event.currentTarget.checked)}
                data-testid={`${side}-remember`}
              />
              <SecretNote side={side} project={project.id} connection={name} keychainProblem={keychainProblem} />
            </div>
          )}
          <Group gap="md">
            <Button type="submit" variant="default" loading={test.state === "busy"} data-testid={`${side}-test`}>
              Test <span className="spoken">the {side}</span>
            </Button>
            {touched && incomplete && test.state !== "busy" && (
              <Text c="dimmed" className={css.incomplete} role="status" data-testid={`${side}-incomplete`}>{incomplete.message}{incomplete.remedy ? ` ${incomplete.remedy}` : ""}</Text>
            )}
          </Group>
          <div aria-live="polite">
            {test.state === "ok" && test.url === url && <Tested reply={test.reply} side={side} />}
          </div>
          {test.state === "failed" && test.url === url && <Problem error={test.error} testId={`${side}-problem`} />}
        </Stack>
      </form>
      {url !== null && (
        <TextInput
          mt="md"
          label="URL"
          description="As the project file and the command line have it, without the password."
          value={url}
          readOnly
          variant="filled"
          className={css.url}
          data-testid={`${side}-url`}
        />
      )}
    </section>
  );
}

function Tested({ reply, side }: { reply: ConnectionTested; side: SideName }) {
  const schemas = reply.schemas.length > 0 ? ` in ${reply.schemas.slice(0, 4).join(", ")}${reply.schemas.length > 4 ? " …" : ""}` : "";
  return (
    <Alert color="good" data-tone="good" variant="light" icon={<IconCheck />} title={reply.product} data-testid={`${side}-tested`}>
      {reply.tables === 0 && side === "target"
        ? "Empty: the tables will be made."
        : <bdi>{`${counted(reply.tables, "table")}${schemas}`}</bdi>}
      {` · answered in ${count(reply.milliseconds)} ms`}
    </Alert>
  );
}
