/** What is done to the whole mapping: suggest, accept, reject; and how it is looked at. */
import { ActionIcon, Button, NumberInput, SegmentedControl, Slider, Tooltip } from "@mantine/core";
import { useState } from "react";

import { showError } from "../../../app/errors";
import { acceptAll, countAccepted, isSuggested, mergeSuggestions, rejectAll, useProject } from "../../../document";
import { host } from "../../../host";
import { IconKeyboard, IconSpark } from "../icons";
import { type Counts, FILTER_NAMES, FILTERS } from "../model/filters";
import { count } from "../model/types";
import { say, setFilter, useMapper } from "../state";
import css from "./Toolbar.module.css";

export function Toolbar({ counts, ready }: { counts: Counts; ready: boolean }) {
  return (
    <div className={css.bar} role="toolbar" aria-label="Mapping">
      <SuggestButton ready={ready} />
      <AcceptAll />
      <span className={css.space} />
      <Chips counts={counts} />
      <ViewSwitch />
    </div>
  );
}

/** Asks for suggestions and takes them over. */
export async function suggest(): Promise<void> {
  const { project, document } = useProject.getState();
  if (!project || !document) return;
  try {
    const { tables, columns } = await host.call("suggest", { project: project.id, document });
    useProject.getState().edit(mergeSuggestions(tables));
    say(columns === 0 ? "Nothing more to suggest." : `${count(columns)} links suggested: look at them and accept those that are right.`);
  } catch (error) {
    showError(error, "Suggesting a mapping");
  }
}

export function SuggestButton({ ready, testId = "suggest" }: { ready: boolean; testId?: string }) {
  const [busy, setBusy] = useState(false);
  return (
    <Tooltip label="Suggest links for what is not mapped yet. What you confirmed stays.">
      <Button
        leftSection={<IconSpark />}
        disabled={!ready}
        loading={busy}
        onClick={() => {
          setBusy(true);
          void suggest().finally(() => setBusy(false));
        }}
        data-testid={testId}
      >
        Suggest
      </Button>
    </Tooltip>
  );
}

function AcceptAll() {
  const threshold = useMapper((state) => state.threshold);
  const document = useProject((state) => state.document);
  const edit = useProject((state) => state.edit);
  if (!document) return null;
  const set = (value: number) => useMapper.setState({ threshold: Math.min(1, Math.max(0, value / 100)) });
  const accepted = countAccepted(document, threshold);
  const any = document.tables.some((table) => isSuggested(table) || table.columns.some(isSuggested));
  return (
    <div className={css.accept}>
      <Button
        variant="default"
        disabled={accepted === 0}
        onClick={() => {
          edit(acceptAll(threshold));
          say(`${count(accepted)} suggestions accepted. Undo takes it back.`);
        }}
        data-testid="accept-all"
      >
        Accept {accepted > 0 ? count(accepted) : "all"} ≥
      </Button>
      <NumberInput
        className={css.threshold}
        aria-label="Least confidence, in percent"
        min={0}
        max={100}
        step={5}
        suffix=" %"
        value={Math.round(threshold * 100)}
        onChange={(value) => set(Number(value))}
        data-testid="accept-threshold"
      />
      <Slider
        className={css.slider}
        thumbLabel="Least confidence"
        size="xs"
        label={null}
        min={0}
        max={100}
        value={Math.round(threshold * 100)}
        onChange={set}
      />
      <Button
        variant="default"
        disabled={!any}
        onClick={() => {
          edit(rejectAll());
          say("All suggestions rejected. Undo takes it back.");
        }}
        data-testid="reject-all"
      >
        Reject all
      </Button>
    </div>
  );
}

function Chips({ counts }: { counts: Counts }) {
  const filter = useMapper((state) => state.filter);
  return (
    <div className={css.chips} role="group" aria-label="Show">
      {FILTERS.map((each) => (
        <button
          key={each}
          type="button"
          className={css.chip}
          aria-pressed={filter === each}
          data-empty={counts[each] === 0 || undefined}
          data-alarm={((each === "required" || each === "errors") && counts[each] > 0) || undefined}
          onClick={() => setFilter(filter === each ? "all" : each)}
          data-testid={`filter-${each}`}
        >
          {FILTER_NAMES[each]} <span className={css.number}>{count(counts[each])}</span>
        </button>
      ))}
    </div>
  );
}

function ViewSwitch() {
  const view = useMapper((state) => state.view);
  return (
    <>
      <SegmentedControl
        aria-label="View"
        value={view}
        onChange={(value) => useMapper.setState({ view: value })}
        data={[
          { value: "links", label: <span data-testid="view-links">Links</span> },
          { value: "grid", label: <span data-testid="view-grid">Grid</span> },
        ]}
      />
      <Tooltip label="Keyboard shortcuts (?)">
        <ActionIcon aria-label="Keyboard shortcuts" onClick={() => useMapper.setState({ sheet: true })} data-testid="shortcuts">
          <IconKeyboard size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
