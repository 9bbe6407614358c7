/** The mapper: both schemas, what goes where, and what would come of it. */
import { Button, Loader, Text } from "@mantine/core";
import { useEffect, useLayoutEffect } from "react";

import type { Catalog, WireError } from "../../bindings";
import { go } from "../../app/navigation";
import { Problem } from "../../app/Problem";
import { useProject } from "../../document";
import { resetDrift } from "../drift";
import { forgetForeseen, isConnected, useCatalog } from "./data";
import css from "./Mapper.module.css";
import type { Side } from "./model/names";
import { resetMapper } from "./state";
import { Workspace } from "./Workspace";

export default function Mapper() {
  const id = useProject((state) => state.project?.id);
  const document = useProject((state) => state.document);
  const source = useCatalog("source");
  const target = useCatalog("target");

  // What was looked at belongs to the project that was open.
  useLayoutEffect(
    () => () => {
      resetMapper();
      resetDrift();
    },
    [id],
  );
  useEffect(() => forgetForeseen(), [id, source.data, target.data]);

  if (!document) return null;
  const missing = (["source", "target"] as const).filter((side) => !isConnected(document, side));
  if (missing.length > 0) return <NoConnections missing={missing} />;
  if (source.isError || target.isError) {
    return (
      <div className="page">
        {source.isError && <CatalogProblem side="source" error={source.error} retry={() => void source.refetch()} />}
        {target.isError && <CatalogProblem side="target" error={target.error} retry={() => void target.refetch()} />}
      </div>
    );
  }
  if (!source.data || !target.data) {
    return (
      <div className={css.center} role="status">
        <Loader size="sm" />
        <Text c="dimmed">Reading what the {source.data ? "target" : "source"} holds…</Text>
      </div>
    );
  }
  return <Ready source={source.data} target={target.data} />;
}

function Ready({ source, target }: { source: Catalog; target: Catalog }) {
  if (source.schemas.every((schema) => schema.tables.length === 0)) {
    return (
      <div className={css.center}>
        <Text fw={600}>The source holds no tables.</Text>
        <Text c="dimmed">Choose another database, schema or folder to read from.</Text>
        <Button onClick={() => go({ screen: "connections" })}>Go to connections</Button>
      </div>
    );
  }
  return <Workspace source={source} target={target} />;
}

function NoConnections({ missing }: { missing: readonly Side[] }) {
  const what = missing.length === 2 ? "a source and a target" : `a ${missing[0]}`;
  return (
    <div className={css.center} data-testid="mapper-no-connections">
      <Text fw={600}>This project has no {missing.join(" and no ")} yet.</Text>
      <Text c="dimmed">Choose {what} first; then both schemas appear here, side by side.</Text>
      <Button onClick={() => go({ screen: "connections" })} data-testid="go-connections">
        Choose {what}
      </Button>
    </div>
  );
}

function CatalogProblem({ side, error, retry }: { side: Side; error: WireError; retry: () => void }) {
  return (
    <div style={{ marginBottom: 12 }}>
      <Problem error={error} doing={`Reading the ${side}`} testId={`catalog-problem-${side}`}>
        <Button variant="default" onClick={retry}>Try again</Button>
        <Button variant="default" onClick={() => go({ screen: "connections" })}>Go to connections</Button>
      </Problem>
    </div>
  );
}
