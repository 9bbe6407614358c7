/** Every difference of the schemas, with what can be done about it. */
import { Button, Checkbox, Drawer, Group, Tooltip } from "@mantine/core";
import { useState } from "react";
import type { Drift } from "../../bindings";
import { showError } from "../../app/errors";
import { counted } from "../../app/format";
import { go } from "../../app/navigation";
import { Rows, type RowColumn } from "../../app/Rows";
import { useProject } from "../../document";
import css from "./drift.module.css";
import { type Fate, type Item, rebindAll, summary } from "./items";
import { acceptSchemas, leave, useLooking } from "./useDrift";

const SIGNS: Record<Fate, string> = { added: "+", removed: "−", renamed: "→", changed: "~" };

export function DriftDrawer({ drift, items }: { drift: Drift; items: readonly Item[] }) {
  const opened = useLooking((state) => state.open);
  const left = useLooking((state) => state.left);
  const [busy, setBusy] = useState(false);
  const some = items.some((item) => item.open);
  const [wanted, setOnly] = useState<boolean | null>(null);
  const only = wanted ?? some;
  const edit = useProject((state) => state.edit);
  const close = () => useLooking.setState({ open: false });
  const open = items.filter((item) => item.open && !left.has(item.id));
  const shown = only ? items.filter((item) => item.open) : items;
  const all = rebindAll(open);
  const accept = async () => {
    setBusy(true);
    try {
      await acceptSchemas();
    } catch (error) {
      showError(error, "Taking over the schemas");
    }
    setBusy(false);
  };

  const columns: RowColumn<Item>[] = [
    {
      key: "what",
      title: "What",
      width: "minmax(260px, 3fr)",
      cell: (item) => <What item={item} />,
    },
    {
      key: "mapping",
      title: "Mapping",
      width: "minmax(112px, 1fr)",
      cell: (item) => <span data-testid="drift-state">{stateOf(item, left.has(item.id))}</span>,
    },
    {
      key: "actions",
      title: <span className="spoken">Actions</span>,
      width: "224px",
      cell: (item) => <Actions item={item} left={left.has(item.id)} close={close} />,
    },
  ];

  return (
    <Drawer opened={opened} onClose={close} title="What became of the schemas" size={860} data-testid="drift-list">
      {drift.sides.map(({ side }) => {
        const own = items.filter((item) => item.side === side);
        return (
          <p key={side} className={css.figures}>
            <strong>{side === "source" ? "Source" : "Target"}:</strong> {own.length === 0 ? "as it was" : summary(own)}
          </p>
        );
      })}
      <Group justify="space-between" my="md" gap="sm">
        <Checkbox
          label="Only what the mapping does not fit"
          checked={only}
          onChange={(event) => setOnly(event.currentTarget.checked)}
          data-testid="drift-only-open"
        />
        <Group gap="sm">
          {all && <Button onClick={() => edit(all.edit)} data-testid="drift-rebind-all-here">Rebind {all.count === 1 ? "the one" : `all ${all.count}`} proposed</Button>}
          <Tooltip label={open.length > 0 ? "What is open stays broken in the mapping; later changes are measured from now." : "Later changes are measured from now."}>
            <Button variant={open.length > 0 ? "default" : "filled"} loading={busy} onClick={() => void accept()} data-testid="drift-accept">
              {open.length > 0 ? `Done, leave ${open.length} open` : "Done"}
            </Button>
          </Tooltip>
        </Group>
      </Group>
      <Rows
        label="Differences of the schemas"
        rows={shown}
        columns={columns}
        rowKey={(item) => item.id}
        maxHeight="calc(100vh - 260px)"
        empty={only ? "The mapping fits the schemas." : "Nothing is different."}
        testId="drift-items"
      />
    </Drawer>
  );
}

function What({ item }: { item: Item }) {
  const { side, table, column, fate, to, detail, likeness } = item;
  const name = column === null ? table.table : `${table.table}.${column}`;
  return (
    <div data-testid={`drift-item-${side}-${name}`}>
      <span className={css.sign} data-fate={fate} aria-hidden="true">{SIGNS[fate]}</span>
      <span className="dim">{side === "source" ? "source " : "target "}</span>
      <bdi className={css.name}>{name}</bdi>
      {to === null ? <span className="dim"> {fate}</span> : <> may be <bdi className={css.name}>{to}</bdi> now</>}
      {(detail !== "" || likeness) && (
        <div className={css.detail}>
          {likeness && <span>{Math.round(likeness.score * 100)} %: {likeness.reasons.join(", ")}</span>}
          {detail !== "" && <bdi className="mono">{detail}</bdi>}
        </div>
      )}
    </div>
  );
}

function stateOf(item: Item, left: boolean): string {
  if (item.open && left) return "left as it is";
  if (item.required) return "needs a value";
  if (item.withdraw) return "loss was approved for the old type";
  if (item.open) return `${counted(item.uses, item.column === null ? "mapping" : "use")}, broken`;
  if (item.fate === "changed" && item.uses > 0) return counted(item.uses, "use");
  return "not concerned";
}

interface ActionsProps {
  item: Item;
  left: boolean;
  close: () => void;
}

function Actions({ item, left, close }: ActionsProps) {
  const edit = useProject((state) => state.edit);
  if (!item.open) return null;
  const { rebind, remove, withdraw, required, column } = item;
  const of = column === null ? item.table.table : `${item.table.table}.${column}`;
  const show = () => {
    close();
    go({ screen: "mapper", table: item.now ?? item.table, ...(column === null ? {} : { column }) });
  };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {left ? (
        <Button size="compact-xs" variant="default" onClick={() => leave(item.id, false)} aria-label={`Look at ${of} again`} data-testid="drift-unskip">Look again</Button>
      ) : (
        <>
          {rebind && <Button size="compact-xs" onClick={() => edit(rebind)} aria-label={`Rebind ${of}`} data-testid="drift-rebind">Rebind</Button>}
          {withdraw && <Button size="compact-xs" onClick={() => edit(withdraw)} aria-label={`Ask again for ${of}`} data-testid="drift-withdraw">Ask again</Button>}
          {required && <Button size="compact-xs" onClick={show} aria-label={`Show ${of}`} data-testid="drift-show">Show it</Button>}
          {remove && <Button size="compact-xs" variant="default" onClick={() => edit(remove)} aria-label={`Remove the links of ${of}`} data-testid="drift-remove">Remove</Button>}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => leave(item.id, true)} aria-label={`Skip ${of}`} data-testid="drift-skip">Skip</Button>
        </>
      )}
    </Group>
  );
}
