/** Header, stepper of the open project, and the screen. */
import { ActionIcon, Button, Center, Loader, Tooltip, useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { isConflict, useProject } from "../document";
import { showError, titleOf } from "./errors";
import { EnvironmentLabel } from "./Environment";
import { IconArrow, IconChevron, IconHistory, IconMoon, IconProblem, IconRedo, IconScreen, IconSun, IconUndo } from "./icons";
import { sentence } from "./format";
import { Mark } from "./Mark";
import { go, useNavigation, type Screen } from "./navigation";
import { ShownErrors } from "./Problem";
import { goSaved, leaveProject } from "./projects";
import { Boundary } from "./Boundary";
import { UnderWay } from "./UnderWay";
import css from "./Shell.module.css";

const screens: Record<Screen, React.ComponentType> = {
  start: lazy(() => import("../features/start")),
  connections: lazy(() => import("../features/connections")),
  mapper: lazy(() => import("../features/mapper")),
  check: lazy(() => import("../features/check")),
  run: lazy(() => import("../features/run")),
  report: lazy(() => import("../features/report")),
  history: lazy(() => import("../features/history")),
};

const ProjectMenu = lazy(() => import("../features/project").then((project) => ({ default: project.ProjectMenu })));
const ProjectPanels = lazy(() => import("../features/project").then((project) => ({ default: project.ProjectPanels })));
const ConflictNotice = lazy(() => import("../features/project").then((project) => ({ default: project.ConflictNotice })));

const steps: { screen: Screen; name: string }[] = [
  { screen: "connections", name: "Connections" },
  { screen: "mapper", name: "Map" },
  { screen: "check", name: "Check" },
  { screen: "run", name: "Run" },
  { screen: "report", name: "Report" },
];

const needsProject: Partial<Record<Screen, boolean>> = { connections: true, mapper: true, check: true };

export function Shell() {
  const place = useNavigation((state) => state.place);
  const open = useProject((state) => state.project !== null);
  const screen = needsProject[place.screen] && !open ? "start" : place.screen;
  const Current = screens[screen];

  return (
    <>
      <Header screen={screen} />
      <ShownErrors />
      {open && (
        <Suspense>
          <ConflictNotice />
          <ProjectPanels />
        </Suspense>
      )}
      <main className={css.main} data-testid={`screen-${screen}`}>
        <Boundary key={screen}>
          <Suspense fallback={<Center h="100%"><Loader size="sm" aria-label="Loading" /></Center>}>
            <Current />
          </Suspense>
        </Boundary>
      </main>
    </>
  );
}

function Header({ screen }: { screen: Screen }) {
  const { project, document, canUndo, canRedo, undo, redo, labels } = useProject();

  useEffect(() => {
    if (!project) return;
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
      const key = event.key.toLowerCase();
      const target = event.target as HTMLElement;
      // A text field undoes its own typing.
      if (target.closest("input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable=true]")) return;
      if (key === "z" && !event.shiftKey) undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) redo();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [project, undo, redo]);

  return (
    <header className={css.header}>
      <div className={css.top}>
        <button type="button" className={css.brand} onClick={() => void leaveProject()} data-testid="nav-start">
          <Mark />
          <span className={css.brandName}>Rowferry</span>
        </button>
        {project && document && (
          <>
            <span className={css.project} data-testid="project-name" title={project.path}>
              <bdi>{document.name}</bdi>
            </span>
            <Suspense><ProjectMenu /></Suspense>
            <SaveMark />
            <Sides />
          </>
        )}
        <span className={css.space} />
        <UnderWay />
        {project && (
          <>
            <Tool label={labels.undo ? `Undo: ${labels.undo}` : "Nothing to undo"} off={!canUndo} onClick={undo} testId="undo"><IconUndo /></Tool>
            <Tool label={labels.redo ? `Redo: ${labels.redo}` : "Nothing to redo"} off={!canRedo} onClick={redo} testId="redo"><IconRedo /></Tool>
          </>
        )}
        <Button
          variant={screen === "history" ? "light" : "subtle"}
          color={screen === "history" ? undefined : "gray"}
          leftSection={<IconHistory />}
          onClick={() => go({ screen: "history" })}
          aria-current={screen === "history" ? "page" : undefined}
          data-testid="nav-history"
        >
          History
        </Button>
        <SchemeToggle />
      </div>
      {project && (
        <nav aria-label="Steps of the project" className={css.steps}>
          <ol>
            {steps.map((step, index) => (
              <li key={step.screen}>
                {index > 0 && <IconChevron size={12} className={css.chevron} />}
                <button
                  type="button"
                  onClick={() => void goSaved({ screen: step.screen })}
                  aria-current={screen === step.screen ? "step" : undefined}
                  data-testid={`nav-${step.screen}`}
                >
                  {step.name}
                </button>
              </li>
            ))}
          </ol>
        </nav>
      )}
    </header>
  );
}

function Sides() {
  const document = useProject((state) => state.document);
  const source = document?.connections[document.source];
  const target = document?.connections[document.target];
  if (!document || !source || !target) return null;
  return (
    <span className={css.sides}>
      <bdi>{document.source}</bdi>
      <EnvironmentLabel environment={source.environment} />
      <IconArrow size={14} aria-label="to" />
      <bdi>{document.target}</bdi>
      <EnvironmentLabel environment={target.environment} />
    </span>
  );
}

function SaveMark() {
  const { saving, save } = useProject();
  if (saving.state === "failed" && !isConflict(saving)) {
    return (
      <Tooltip label={`${sentence(saving.error.message)} ${saving.error.remedy ?? ""}`}>
        <Button
          variant="light"
          color="problem"
          leftSection={<IconProblem size={14} />}
          onClick={() => void save().catch((error: unknown) => showError(error, "Saving the project"))}
          data-testid="save-state"
          data-state="failed"
        >
          Not saved: {titleOf(saving.error.kind).toLowerCase()}. Try again
        </Button>
      </Tooltip>
    );
  }
  return (
    <span className={css.saving} role="status" data-testid="save-state" data-state={isConflict(saving) ? "conflict" : saving.state}>
      {saving.state === "failed" ? "Not saved" : saving.state === "saved" ? "Saved" : "Saving…"}
    </span>
  );
}

interface ToolProps {
  label: string;
  off?: boolean;
  onClick: () => void;
  testId: string;
  children: ReactNode;
}

function Tool({ label, off = false, onClick, testId, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={off} onClick={onClick} data-testid={testId}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

const schemes = { auto: "light", light: "dark", dark: "auto" } as const;
const schemeNames = { auto: "as the system", light: "light", dark: "dark" };

function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = schemes[colorScheme];
  return (
    <Tool
      label={`Colours: ${schemeNames[colorScheme]}. Change to ${schemeNames[next]}`}
      onClick={() => setColorScheme(next)}
      testId="color-scheme"
    >
      {colorScheme === "auto" ? <IconScreen /> : colorScheme === "light" ? <IconSun /> : <IconMoon />}
    </Tool>
  );
}
