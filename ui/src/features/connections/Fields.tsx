/** The fields that a connector asks for, drawn from its descriptor. */
import { Group, NativeSelect, NumberInput, PasswordInput, TextInput } from "@mantine/core";
import type { ConnectionForm, Descriptor, SideName } from "../../bindings";
import { PathField } from "../../app/PathField";

interface FieldsProps {
  side: SideName;
  connector: Descriptor;
  form: ConnectionForm;
  change: (part: Partial<ConnectionForm>) => void;
  password: string;
  setPassword: (password: string) => void;
}

export function Fields({ side, connector, form, change, password, setPassword }: FieldsProps) {
  const asked = connector.form;
  if (asked.form !== "server") {
    const folder = asked.form === "file-or-folder";
    const encodings = asked.form === "file-or-folder" ? asked.encodings : [];
    const path = (
      <PathField
        label={folder ? "File or folder" : "File"}
        description={
          side === "target"
            ? "A file that does not exist yet is made."
            : "A path that is not absolute counts from the project file's folder."
        }
        placeholder={asked.endings[0] ? `data/shop.${asked.endings[0]}` : undefined}
        value={form.path ?? ""}
        onChange={(path) => change({ path })}
        question={{ title: `The ${side}`, endings: asked.endings, save: side === "target" && !folder }}
        orFolder={folder}
        testId={`${side}-path`}
      />
    );
    if (encodings.length === 0) return path;
    return (
      <>
        {path}
        <NativeSelect
          label="Encoding"
          description={
            side === "target"
              ? "Of new files; rows for a file that exists are written in its own."
              : "Of files without a byte order mark, which says it itself."
          }
          data={[
            ...encodings.map(([value, label]) => ({ value, label })),
            // Another name that the URL gives it.
            ...(form.encoding && !encodings.some(([value]) => value === form.encoding) ? [{ value: form.encoding, label: form.encoding }] : []),
          ]}
          value={form.encoding || encodings[0]?.[0]}
          onChange={(event) => {
            const encoding = event.currentTarget.value;
            change({ encoding: encoding === encodings[0]?.[0] ? "" : encoding });
          }}
          data-testid={`${side}-encoding`}
        />
      </>
    );
  }
  const text = (key: "host" | "database" | "user" | "schema", label: string, placeholder?: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={form[key] ?? ""}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
      autoComplete="off"
      spellCheck={false}
      data-testid={`${side}-${key}`}
    />
  );
  return (
    <>
      <Group align="flex-start" gap="md" wrap="nowrap">
        <div style={{ flex: 1 }}>{text("host", "Host", "localhost")}</div>
        <NumberInput
          w={96}
          label="Port"
          placeholder={String(asked.default_port)}
          min={1}
          max={65535}
          hideControls
          allowDecimal={false}
          value={form.port ?? ""}
          onChange={(value) => change({ port: typeof value === "number" ? value : null })}
          data-testid={`${side}-port`}
        />
      </Group>
      <Group grow align="flex-start" gap="md">
        {text("database", "Database")}
        {asked.asks_schema && text("schema", "Schema (optional)", "all schemas")}
      </Group>
      <Group grow align="flex-start" gap="md">
        {text("user", "User")}
        <PasswordInput
          label="Password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          data-testid={`${side}-password`}
        />
      </Group>
    </>
  );
}
