/** Rules for the values of a link: what is read, what is rejected, what is put right, what is carried with a warning. */
import { Checkbox, NativeSelect, Stack, TextInput } from "@mantine/core";

import type { ReadAs, Substitute } from "../../../bindings";
import { approveLoss, mappingTo, setFilter, setMisfit, setReading, setStripNul, useProject } from "../../../document";
import type { Link } from "../model/mapping";
import { leavesOutNull, withNullLeftOut } from "../model/rules";
import css from "./Inspector.module.css";

const READ_AS: { value: ReadAs | ""; label: string }[] = [
  { value: "", label: "its own type" },
  { value: "text", label: "text, as the database writes it" },
  { value: "boolean", label: "false and true, from 0 and 1" },
  { value: "uuid", label: "a UUID, from 16 bytes" },
  { value: "uuid-swapped", label: "a UUID, from 16 bytes with the time swapped" },
  { value: "utf8-twice", label: "text that was encoded twice" },
];

export function Rules({ link }: { link: Link }) {
  const edit = useProject((state) => state.edit);
  const mapping = useProject((state) => state.document && mappingTo(state.document, link.to));
  const [only] = link.sources;
  const copied = link.mapping.expression == null && link.sources.length === 1 && only !== undefined ? only : null;
  const reading = (copied !== null ? mapping?.reading?.[copied] : undefined) ?? {};
  return (
    <section className={css.section} data-testid="values">
      <h3>Rules</h3>
      <Stack gap="xs">
        {copied !== null && (
          <>
            <NativeSelect
              label={<>Read <bdi>{copied}</bdi> as</>}
              data={READ_AS}
              value={reading.as ?? ""}
              onChange={(event) => {
                const as = READ_AS.find((each) => each.value === event.currentTarget.value)?.value;
                edit(setReading(link.to, copied, { ...reading, as: as === "" ? null : as }));
              }}
              data-testid="read-as"
            />
            <SubstituteField
              label="A value that cannot be read"
              value={reading.unreadable ?? "reject"}
              onChange={(unreadable) => edit(setReading(link.to, copied, { ...reading, unreadable }))}
              testId="unreadable"
            />
          </>
        )}
        <SubstituteField
          label={<>A value that does not fit <bdi>{link.column}</bdi></>}
          value={link.mapping.misfit ?? "reject"}
          onChange={(misfit) => edit(setMisfit(link.to, link.column, misfit))}
          testId="misfit"
        />
        {link.verdict?.verdict === "lossy" && (
          <NativeSelect
            label="A value that would arrive changed"
            data={[
              { value: "stop", label: "Reject: the run does not start" },
              { value: "warn", label: "Warn: carry it, and name it in the report" },
            ]}
            value={link.mapping.approve_loss ? "warn" : "stop"}
            onChange={(event) => edit(approveLoss(link.to, link.column, event.currentTarget.value === "warn"))}
            data-testid="loss-rule"
          />
        )}
        {copied !== null && mapping && (
          <NativeSelect
            label={<>A row in which <bdi>{copied}</bdi> is NULL</>}
            data={[
              { value: "carry", label: "is carried" },
              { value: "leave", label: "is left out, by the table's filter" },
            ]}
            value={leavesOutNull(mapping.filter ?? "", copied) ? "leave" : "carry"}
            onChange={(event) => edit(setFilter(link.to, withNullLeftOut(mapping.filter ?? "", copied, event.currentTarget.value === "leave")))}
            data-testid="null-rule"
          />
        )}
        <Checkbox
          label="Take out NUL characters"
          checked={link.mapping.strip_nul ?? false}
          onChange={(event) => edit(setStripNul(link.to, link.column, event.currentTarget.checked))}
          data-testid="strip-nul"
        />
      </Stack>
    </section>
  );
}

const SUBSTITUTES = [
  { value: "reject", label: "Reject: its row goes to the reject file" },
  { value: "null", label: "Fix: it becomes NULL" },
  { value: "value", label: "Fix: it becomes this value" },
];

interface SubstituteFieldProps {
  label: React.ReactNode;
  value: Substitute;
  onChange: (value: Substitute) => void;
  testId: string;
}

function SubstituteField({ label, value, onChange, testId }: SubstituteFieldProps) {
  const saved = typeof value === "object" ? value.value : "";
  const kind = typeof value === "object" ? "value" : value;
  return (
    <>
      <NativeSelect
        label={label}
        data={SUBSTITUTES}
        value={kind}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen === "value") onChange({ value: saved });
          else onChange(chosen === "null" ? "null" : "reject");
        }}
        data-testid={testId}
      />
      {kind === "value" && (
        <TextInput
          aria-label="The value that stands in"
          placeholder="The value that stands in"
          key={saved}
          defaultValue={saved}
          onBlur={(event) => event.currentTarget.value !== saved && onChange({ value: event.currentTarget.value })}
          data-testid={`${testId}-value`}
        />
      )}
    </>
  );
}
