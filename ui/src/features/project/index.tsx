/** What belongs to the open project as a whole: its menu, its past, its file. */
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { IconFile, IconHistory, IconMore, IconName, IconSave, IconVersions } from "../../app/icons";
import { useProject } from "../../document";
import { host } from "../../host";
import { DifferenceModal } from "./Conflict";
import { EditsDrawer } from "./EditsDrawer";
import { ExportModal, ImportModal, RenameModal } from "./files";
import { closePanel, openPanel, type Panel, usePanel } from "./panels";
import { VersionsModal } from "./VersionsModal";

export { ConflictNotice } from "./Conflict";

const ITEMS: { panel: Panel; name: string; icon: typeof IconFile }[] = [
  { panel: "edits", name: "Edits…", icon: IconHistory },
  { panel: "versions", name: "Versions…", icon: IconVersions },
  { panel: "export", name: "Export…", icon: IconSave },
  { panel: "import", name: "Import…", icon: IconFile },
  { panel: "rename", name: "Rename…", icon: IconName },
];

export function ProjectMenu() {
  const [opened, setOpened] = useState(false);
  return (
    <Menu position="bottom-start" shadow="md" width={200} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <Tooltip label="Edits, versions, export and import" disabled={opened}>
          <ActionIcon aria-label="Project menu" data-testid="project-menu"><IconMore /></ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {ITEMS.map(({ panel, name, icon: Icon }) => (
          <Menu.Item key={panel} leftSection={<Icon size={14} />} onClick={() => openPanel(panel)} data-testid={`project-${panel}`}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ProjectPanels() {
  const panel = usePanel((state) => state.panel);
  const id = useProject((state) => state.project?.id);
  useEffect(() => closePanel, [id]);
  useLooking();
  return (
    <>
      <EditsDrawer opened={panel === "edits"} />
      <VersionsModal opened={panel === "versions"} />
      <ExportModal opened={panel === "export"} />
      <ImportModal opened={panel === "import"} />
      <RenameModal opened={panel === "rename"} />
      <DifferenceModal opened={panel === "difference"} />
    </>
  );
}

/** Coming back to the window, a person learns at once that the file is another; going away, what is edited is written. */
function useLooking() {
  useEffect(() => {
    const { look, save } = useProject.getState();
    const onFocus = () => void look();
    const onHide = () => {
      if (document.visibilityState === "hidden") void save().catch(() => undefined);
      else onFocus();
    };
    window.addEventListener("focus", onFocus);
    document.addEventListener("visibilitychange", onHide);
    const stop = host.beforeClose(save);
    return () => {
      stop();
      window.removeEventListener("focus", onFocus);
      document.removeEventListener("visibilitychange", onHide);
    };
  }, []);
}
