/** The sheet of shortcuts. */
import { Kbd, Modal } from "@mantine/core";

import { useMapper } from "./state";

const SHORTCUTS: [keys: string[], does: string][] = [
  [["↑", "↓"], "Move in a tree"],
  [["→", "←"], "Open and close a table"],
  [["Tab"], "Other side"],
  [["Enter"], "On a table: open it. On a column: begin a link, and on the other side finish it"],
  [["L"], "Link the focused source with the focused target"],
  [["Space"], "Accept a suggestion"],
  [["Del"], "Unlink; reject a suggestion"],
  [["J"], "Jump to the other end of a link"],
  [["Esc"], "Stop linking"],
  [["Ctrl", "F"], "Search on this side"],
  [["Ctrl", "Enter"], "In an expression: apply it"],
  [["Ctrl", "Z"], "Undo"],
  [["Ctrl", "Shift", "Z"], "Redo"],
  [["?"], "This sheet"],
];

export function Shortcuts() {
  const open = useMapper((state) => state.sheet);
  return (
    <Modal opened={open} onClose={() => useMapper.setState({ sheet: false })} title="Keyboard shortcuts" data-testid="shortcut-sheet">
      <table className="data-table">
        <tbody>
          {SHORTCUTS.map(([keys, does]) => (
            <tr key={keys.join()}>
              <td style={{ whiteSpace: "nowrap" }}>
                {keys.map((key, index) => (
                  <span key={key}>
                    {index > 0 && " "}
                    <Kbd size="xs">{key}</Kbd>
                  </span>
                ))}
              </td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
