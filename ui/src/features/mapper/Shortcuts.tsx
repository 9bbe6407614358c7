/** The sheet of shortcuts. */
import { Kbd, Modal } from "@mantine/core";

import css from "./Shortcuts.module.css";
import { useMapper } from "./state";

type Keys = readonly (readonly [keys: readonly string[], does: string])[];

const TREES: Keys = [
  [["↑", "↓"], "Move in a tree"],
  [["→", "←"], "Open and close a table"],
  [["Enter"], "On a table: into its columns, on both sides. On a column: begin a link, and on the other side finish it"],
  [["Esc", "Backspace"], "Stop linking; back from columns to tables"],
  [["Tab"], "Other side"],
  [["L"], "Link the focused source with the focused target"],
  [["Space"], "Accept a suggestion"],
  [["Del"], "Unlink; reject a suggestion"],
  [["J"], "Jump to the other end of a link"],
  [["S"], "Split a source column into several"],
  [["V"], "Look at the values of the column"],
];

const GRID: Keys = [
  [["Shift", "↓"], "Choose several rows; Ctrl+A chooses all"],
  [["Ctrl", "Space"], "Choose one row more, or one less"],
  [["Space"], "Accept what is chosen"],
  [["Del"], "Unlink or reject what is chosen"],
  [["S"], "Skip what is chosen"],
  [["F"], "Apply a function to what is chosen"],
  [["Ctrl", "C"], "Copy what is chosen, or all, as a table"],
  [["Enter", "J"], "Show it among the links; its source"],
];

const EVERYWHERE: Keys = [
  [["Alt", "↑", "↓"], "On a step of a chain: move it; Del takes it out"],
  [["Ctrl", "Enter"], "In an expression: apply it"],
  [["Ctrl", "F"], "Search on this side"],
  [["Ctrl", "Z"], "Undo"],
  [["Ctrl", "Shift", "Z"], "Redo"],
  [["?"], "This sheet"],
];

export function Shortcuts() {
  const open = useMapper((state) => state.sheet);
  return (
    <Modal opened={open} onClose={() => useMapper.setState({ sheet: false })} title="Keyboard shortcuts" size={880} data-testid="shortcut-sheet">
      <div className={css.sheet}>
        <Sheet title="Trees" keys={TREES} />
        <div>
          <Sheet title="Grid" keys={GRID} />
          <Sheet title="Everywhere" keys={EVERYWHERE} />
        </div>
      </div>
    </Modal>
  );
}

function Sheet({ title, keys }: { title: string; keys: Keys }) {
  return (
    <section className={css.group}>
      <h3>{title}</h3>
      <dl>
        {keys.map(([names, does]) => (
          <div key={names.join()}>
            <dt>
              {names.map((name) => <Kbd key={name} size="xs">{name}</Kbd>)}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
