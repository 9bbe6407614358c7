/** A path, typed or chosen where the shell has a dialog for it. */
import { Button, Group, TextInput } from "@mantine/core";
import { host, type FileQuestion } from "../host";
import { IconFolder } from "./icons";

interface PathFieldProps {
  label: string;
  description?: string;
  placeholder?: string;
  value: string;
  onChange: (path: string) => void;
  question: FileQuestion;
  /** Also offers to choose a folder. */
  orFolder?: boolean;
  testId: string;
}

export function PathField({ label, description, placeholder, value, onChange, question, orFolder, testId }: PathFieldProps) {
  const choose = async (folder: boolean) => {
    const path = await host.pickFile({ ...question, folder });
    if (path !== null) onChange(path);
  };
  return (
    <Group align="flex-end" gap="sm" wrap="nowrap">
      <TextInput
        style={{ flex: 1 }}
        label={label}
        description={description}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        spellCheck={false}
        dir="auto"
        data-testid={testId}
      />
      {host.shell === "desktop" && (
        <>
          <Button variant="default" leftSection={<IconFolder />} onClick={() => void choose(question.folder ?? false)}>Choose…</Button>
          {orFolder && <Button variant="default" onClick={() => void choose(true)}>Folder…</Button>}
        </>
      )}
    </Group>
  );
}
