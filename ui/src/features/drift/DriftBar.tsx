/** Above the mapper, while the schemas are not what the mapping was last seen against. */
import { Button } from "@mantine/core";
import type { Drift } from "../../bindings";
import { counted, moment } from "../../app/format";
import { IconCheck, IconWarning } from "../../app/icons";
import { useProject } from "../../document";
import { DriftDrawer } from "./DriftDrawer";
import css from "./drift.module.css";
import { type Item, rebindAll, summary } from "./items";
import { useLooking } from "./useDrift";

export function DriftBar({ drift, items }: { drift: Drift; items: readonly Item[] }) {
  const left = useLooking((state) => state.left);
  const edit = useProject((state) => state.edit);
  if (items.length === 0) return null;
  const open = items.filter((item) => item.open && !left.has(item.id));
  const all = rebindAll(open);
  return (
    <section className={css.bar} data-open={open.length > 0 || undefined} aria-label="Changes of the schemas" data-testid="drift">
      {open.length > 0 ? <IconWarning className={css.warning} /> : <IconCheck />}
      <span className={css.said} role="status">
        {drift.sides
          .filter(({ side }) => items.some((item) => item.side === side))
          .map(({ side, seen_at }) => (
            <span key={side} data-testid={`drift-${side}`}>
              The {side} has changed since {moment(seen_at)}: {summary(items.filter((item) => item.side === side))}.{" "}
            </span>
          ))}
        <strong data-testid="drift-open">{open.length === 0 ? "The mapping fits it." : `${counted(open.length, "place")} of the mapping to look at.`}</strong>
      </span>
      {all && (
        <Button onClick={() => edit(all.edit)} data-testid="drift-rebind-all">
          Rebind {all.count === 1 ? "the one" : `all ${all.count}`} proposed
        </Button>
      )}
      <Button variant="default" onClick={() => useLooking.setState({ open: true })} data-testid="drift-review">Review…</Button>
      <DriftDrawer drift={drift} items={items} />
    </section>
  );
}
