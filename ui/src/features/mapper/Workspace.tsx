/** Both trees with their links, or the grid; the toolbar above, the inspector beside, the preview below. */
import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Catalog } from "../../bindings";
import { showError } from "../../app/errors";
import { IconRefresh } from "../../app/icons";
import { useNavigation } from "../../app/navigation";
import { Problem } from "../../app/Problem";
import { useProject } from "../../document";
import { DriftBar, markGone, useDrift, withDrift, withGone } from "../drift";
import { link, type Trees } from "./actions";
import { rescan, useDescription } from "./data";
import { JoinDialog } from "./combine/JoinDialog";
import { SplitDialog } from "./combine/SplitDialog";
import { Grid } from "./grid/Grid";
import { IconLink, IconSearch, IconValues } from "./icons";
import { Inspector } from "./inspector/Inspector";
import { DragLine } from "./links/DragLine";
import { Links } from "./links/Links";
import css from "./Mapper.module.css";
import { countAll, sourceFilter, targetFilter } from "./model/filters";
import { indexOf, type MappingIndex } from "./model/mapping";
import { nodeName, type Side } from "./model/names";
import { placesOf, type Row, rowsOf, type TreeTable, treeOf } from "./model/tree";
import { count } from "./model/types";
import { PreviewPanel } from "./preview/PreviewPanel";
import { Shortcuts } from "./Shortcuts";
import { say, setSearch, useMapper } from "./state";
import { SuggestButton, Toolbar } from "./toolbar/Toolbar";
import { reveal } from "./tree/keys";
import { Tree } from "./tree/Tree";
import tree from "./tree/Tree.module.css";

export function Workspace({ source, target }: { source: Catalog; target: Catalog }) {
  const document = useProject((state) => state.document)!;
  const { description: described, error } = useDescription(true, source, target);
  const { drift, items } = useDrift(source, target);
  const description = useMemo(() => withDrift(described, drift), [described, drift]);
  const index = useMemo(() => indexOf(document, description), [document, description]);
  const ownSource = useMemo(() => treeOf(source), [source]);
  const sourceTree = useMemo(() => withGone(ownSource, document), [ownSource, document]);
  // Every answer brings a list of its own: an empty one must not make the tree anew.
  const proposed = description?.proposed.length ? description.proposed : undefined;
  const targetTree = useMemo(() => markGone(treeOf(target, proposed), drift), [target, proposed, drift]);
  const counts = useMemo(() => countAll(targetTree, index), [targetTree, index]);
  const trees = useMemo(() => ({ source: byKey(sourceTree), target: byKey(targetTree), index }), [sourceTree, targetTree, index]);
  const view = useMapper((state) => state.view);
  const sourceSearch = useRef<HTMLInputElement>(null);
  const targetSearch = useRef<HTMLInputElement>(null);
  usePlace();
  useScreenKeys(sourceSearch, targetSearch);

  return (
    <div className={css.screen}>
      <h1 className="spoken">Map the source to the target</h1>
      <Toolbar counts={counts} ready />
      <DriftBar drift={drift} items={items} />
      {error && (
        <div className={css.problems}>
          <Problem error={error} doing="Checking the mapping" testId="describe-problem" />
        </div>
      )}
      <div className={css.body}>
        <div className={css.work}>
          {view === "grid" ? (
            <Grid index={index} targets={targetTree} sources={trees.source} />
          ) : (
            <Sides
              source={source}
              target={target}
              sourceTree={sourceTree}
              targetTree={targetTree}
              trees={trees}
              sourceSearch={sourceSearch}
              targetSearch={targetSearch}
            />
          )}
          <Message />
          <PreviewPanel index={index} />
        </div>
        <Inspector trees={trees} />
      </div>
      <DragLine />
      <Shortcuts />
      <JoinDialog />
      <SplitDialog trees={trees} />
    </div>
  );
}

function byKey(tables: readonly TreeTable[]): Map<string, TreeTable> {
  return new Map(tables.map((table) => [table.key, table]));
}

interface SidesProps {
  source: Catalog;
  target: Catalog;
  sourceTree: readonly TreeTable[];
  targetTree: readonly TreeTable[];
  trees: Trees;
  sourceSearch: RefObject<HTMLInputElement | null>;
  targetSearch: RefObject<HTMLInputElement | null>;
}

function Sides({ source, target, sourceTree, targetTree, trees, sourceSearch, targetSearch }: SidesProps) {
  const sourceList = useRef<HTMLDivElement>(null);
  const targetList = useRef<HTMLDivElement>(null);
  const focusSide = useCallback((side: Side) => {
    (side === "source" ? sourceList : targetList).current?.focus();
  }, []);
  const sourceRows = useRows("source", sourceTree, trees.index);
  const targetRows = useRows("target", targetTree, trees.index);
  const sourcePlaces = useMemo(() => placesOf(sourceRows), [sourceRows]);
  const targetPlaces = useMemo(() => placesOf(targetRows), [targetRows]);
  const schema = target.schemas.find((each) => each.tables.length > 0)?.name ?? target.schemas[0]?.name ?? "main";
  const shared = { trees, focusSide, schema };

  return (
    <div className={css.sides}>
      <section className={tree.pane} aria-label="Source">
        <Head side="source" catalog={source} tables={sourceTree.length} search={sourceSearch} />
        <Tree side="source" rows={sourceRows} places={sourcePlaces} listRef={sourceList} label="Source tables and columns" empty="Nothing matches here." {...shared} />
      </section>
      <Links
        index={trees.index}
        sourceRows={sourceRows}
        sourcePlaces={sourcePlaces}
        targetRows={targetRows}
        targetPlaces={targetPlaces}
        head={<LinkButton trees={trees} />}
        invite={trees.index.targets.size === 0 ? <Invite empty={targetTree.length === 0} /> : null}
      />
      <section className={tree.pane} aria-label="Target">
        <Head side="target" catalog={target} tables={targetTree.length} search={targetSearch} />
        <Tree
          side="target"
          rows={targetRows}
          places={targetPlaces}
          listRef={targetList}
          label="Target tables and columns"
          empty={targetTree.length === 0 ? "The target is empty. Press Suggest, and tables like the source's are proposed; nothing is created before you run." : "Nothing matches here."}
          {...shared}
        />
        <NewTable />
      </section>
    </div>
  );
}

function useRows(side: Side, tables: readonly TreeTable[], index: MappingIndex): Row[] {
  const expanded = useMapper((state) => state.expanded[side]);
  const folded = useMapper((state) => state.folded[side]);
  const search = useMapper((state) => state.search[side]);
  const filter = useMapper((state) => state.filter);
  return useMemo(() => {
    const only = side === "source" ? sourceFilter(filter, index) : targetFilter(filter, index);
    return rowsOf(tables, { expanded, folded, search, ...(only ? { only } : {}) });
  }, [side, tables, index, expanded, folded, search, filter]);
}

interface HeadProps {
  side: Side;
  catalog: Catalog;
  tables: number;
  search: RefObject<HTMLInputElement | null>;
}

function Head({ side, catalog, tables, search }: HeadProps) {
  const name = useProject((state) => state.document?.[side] ?? "");
  const text = useMapper((state) => state.search[side]);
  const [busy, setBusy] = useState(false);
  const title = side === "source" ? "Source" : "Target";
  return (
    <div className={tree.head}>
      <span className={tree.title} title={`${catalog.product}, ${count(tables)} tables`}>
        <strong>{title}</strong> <bdi>{name === side ? catalog.product : name}</bdi> <span className="dim">{count(tables)}</span>
      </span>
      <TextInput
        ref={search}
        className={tree.search}
        aria-label={`Search the ${side}`}
        placeholder="Search"
        leftSection={<IconSearch size={12} />}
        value={text}
        onChange={(event) => setSearch(side, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text !== "") {
            setSearch(side, "");
            event.stopPropagation();
          }
        }}
        data-testid={`${side}-search`}
      />
      <SamplesButton side={side} />
      <Tooltip label={`Read the ${side}'s schema again`}>
        <ActionIcon
          aria-label={`Read the ${side}'s schema again`}
          loading={busy}
          onClick={() => {
            setBusy(true);
            rescan(side)
              .then(
                () => say(`The ${side}'s schema was read again.`),
                (error: unknown) => showError(error, `Reading the ${side}`),
              )
              .finally(() => setBusy(false));
          }}
          data-testid={`${side}-rescan`}
        >
          <IconRefresh size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

/** Values beside the columns of open tables. */
function SamplesButton({ side }: { side: Side }) {
  const on = useMapper((state) => state.samples[side]);
  return (
    <Tooltip label={on ? "Hide the values" : "Show a value beside each column"}>
      <ActionIcon
        aria-label={`Show a value beside each column of the ${side}`}
        aria-pressed={on}
        variant={on ? "light" : "subtle"}
        onClick={() => useMapper.setState(({ samples }) => ({ samples: { ...samples, [side]: !on } }))}
        data-testid={`${side}-samples`}
      >
        <IconValues size={14} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Links what is focused on both sides: the way without dragging. */
function LinkButton({ trees }: { trees: Trees }) {
  const { source, target } = useMapper((state) => state.cursor);
  const fits = source !== null && target !== null && (source.column === undefined) === (target.column === undefined);
  const label = fits ? `Link ${nodeName(source)} to ${nodeName(target)} (L)` : "Choose a source column and a target column, or two tables";
  return (
    <Tooltip label={label}>
      <Button
        variant="default"
        leftSection={<IconLink />}
        data-disabled={!fits || undefined}
        aria-disabled={!fits}
        onClick={() => {
          if (fits) void link(source, target, trees);
          else say("Choose a source column and a target column first, or two tables.");
        }}
        data-testid="link"
      >
        Link
      </Button>
    </Tooltip>
  );
}

function Invite({ empty }: { empty: boolean }) {
  return (
    <div data-testid="mapper-invite">
      <p style={{ margin: "0 0 8px" }}>
        Nothing is mapped yet. {empty ? "Press Suggest, or drag a table over to create it." : "Press Suggest, or drag a column onto another."}
      </p>
      <SuggestButton ready testId="suggest-invite" />
    </div>
  );
}

function NewTable() {
  const drag = useMapper((state) => (state.drag?.from.side === "source" && state.drag.from.column === undefined ? state.drag : null));
  if (!drag) return null;
  const over = drag.over === null && drag.permission?.answer === "yes";
  return (
    <div className={tree.newTable} data-node="new-table" data-drop={over ? "yes" : undefined} data-testid="target-new-table">
      Drop here to create <bdi>{drag.from.table.table}</bdi> in the target
    </div>
  );
}

function Message() {
  const message = useMapper((state) => state.message);
  const pending = useMapper((state) => state.pending);
  return (
    <div className={css.message} data-tone={message?.tone} role="status" aria-live="polite" data-testid="mapper-message">
      {message?.text ?? (pending ? `Linking ${nodeName(pending)}…` : "Drag a column onto another, or press ? for the keys.")}
    </div>
  );
}

/** Goes to the table or column that another screen named. */
function usePlace() {
  const place = useNavigation((state) => state.place);
  useEffect(() => {
    if (place.screen !== "mapper" || !place.table) return;
    reveal({ side: "target", table: place.table, ...(place.column == null ? {} : { column: place.column }) });
  }, [place]);
}

function useScreenKeys(source: RefObject<HTMLInputElement | null>, target: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const typing = (event.target as HTMLElement).closest("input, textarea, [contenteditable=true]") !== null;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f") {
        const search = useMapper.getState().active === "source" ? source.current : target.current;
        search?.focus();
        search?.select();
      } else if (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey) {
        useMapper.setState({ sheet: true });
      } else {
        return;
      }
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [source, target]);
}
