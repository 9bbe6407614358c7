/** What the engine makes of an expression while it is typed; answers to older texts are dropped. */
import { useEffect, useState } from "react";

import type { ExpressionAnalysis, TableName } from "../../../bindings";
import { useProject } from "../../../document";
import { host } from "../../../host";

export interface Analysed {
  /** The text that the analysis is of. */
  text: string;
  analysis: ExpressionAnalysis;
}

const DELAY = 250;

export function useAnalysis(from: TableName, text: string, isFilter = false): Analysed | null {
  const project = useProject((state) => state.project?.id);
  const [analysed, setAnalysed] = useState<Analysed | null>(null);
  const { schema, table } = from;

  useEffect(() => {
    const expression = text.trim();
    if (project === undefined || expression === "") return;
    let stale = false;
    const timer = setTimeout(() => {
      analyse(project, { schema, table }, expression, isFilter).then(
        (analysis) => {
          if (!stale) setAnalysed({ text, analysis });
        },
        () => undefined,
      );
    }, DELAY);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [project, schema, table, text, isFilter]);

  return analysed?.text === text ? analysed : null;
}

export function analyse(project: string, from: TableName, expression: string, isFilter: boolean): Promise<ExpressionAnalysis> {
  return host.call("analyze_expression", { project, from, expression, is_filter: isFilter });
}
