/** How the run goes: the few things that are worth a decision. */
import { Group, NumberInput, Select, Switch } from "@mantine/core";
import type { VerifyLevel } from "../../bindings";
import { setOptions, useProject } from "../../document";
import css from "./check.module.css";

export const levels: { value: VerifyLevel; label: string }[] = [
  { value: "counts", label: "Row counts" },
  { value: "aggregates", label: "Counts and figures of every column" },
  { value: "checksums", label: "Also a checksum over every row" },
];

export function RunOptions() {
  const options = useProject((state) => state.document?.options);
  const edit = useProject((state) => state.edit);
  if (!options) return null;
  return (
    <section aria-labelledby="options">
      <h2 id="options" className={css.heading2}>Options</h2>
      <Group align="flex-end" gap="md">
        <Select
          label="Verification after the run"
          w={272}
          data={levels}
          value={options.verify}
          onChange={(value) => value !== null && edit(setOptions({ verify: value }))}
          data-testid="option-verify"
        />
        <NumberInput
          label="Stop after this many rejects"
          placeholder="never"
          w={192}
          min={0}
          allowDecimal={false}
          thousandSeparator=" "
          value={options.reject_limit ?? ""}
          onChange={(value) => {
            const limit = typeof value === "number" ? value : null;
            if (limit !== (options.reject_limit ?? null)) edit(setOptions({ reject_limit: limit }));
          }}
          data-testid="option-reject-limit"
        />
        <NumberInput
          label="Or this share of the rows"
          placeholder="never"
          suffix=" %"
          w={176}
          min={0}
          max={100}
          decimalScale={3}
          value={options.reject_share ?? ""}
          onChange={(value) => {
            const share = typeof value === "number" ? value : null;
            if (share !== (options.reject_share ?? null)) edit(setOptions({ reject_share: share }));
          }}
          data-testid="option-reject-share"
        />
        <NumberInput
          label="Rows in a chunk"
          w={144}
          min={1}
          max={10_000_000}
          allowDecimal={false}
          thousandSeparator=" "
          value={options.chunk_rows}
          onChange={(value) => {
            if (typeof value === "number" && value >= 1 && value !== options.chunk_rows) edit(setOptions({ chunk_rows: value }));
          }}
          data-testid="option-chunk-rows"
        />
        <NumberInput
          label="Parallel jobs (0: automatic)"
          w={192}
          min={0}
          max={64}
          allowDecimal={false}
          value={options.jobs}
          onChange={(value) => {
            if (typeof value === "number" && value !== options.jobs) edit(setOptions({ jobs: value }));
          }}
          data-testid="option-jobs"
        />
      </Group>
      <Switch
        mt="md"
        label="Keep what the target's tables hold now, so that the run can be rolled back"
        description="Keys, or rows that are replaced, are kept in tables beside them until the run is accepted."
        checked={options.keep_before ?? true}
        onChange={(event) => edit(setOptions({ keep_before: event.currentTarget.checked }))}
        data-testid="option-keep-before"
      />
    </section>
  );
}
