/** Saves the report: to a chosen file on the desktop, as a download in a browser. */
import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { ReportFormat } from "../../bindings";
import { showError } from "../../app/errors";
import { IconSave } from "../../app/icons";
import { host } from "../../host";

const formats: { format: ReportFormat; name: string; ending: string; type: string }[] = [
  { format: "html", name: "HTML, to read and print", ending: "html", type: "text/html" },
  { format: "json", name: "JSON, for programs", ending: "json", type: "application/json" },
  { format: "text", name: "Plain text", ending: "txt", type: "text/plain" },
];

export function SaveReport({ run, project }: { run: string; project: string }) {
  const [busy, setBusy] = useState(false);

  const save = async ({ format, ending, type }: (typeof formats)[number]) => {
    setBusy(true);
    try {
      if (host.shell === "desktop") {
        const path = await host.pickFile({ title: "Where should the report go?", endings: [ending], save: true });
        if (path !== null) {
          await host.call("render_report", { run, format, path });
          notifications.show({ message: `The report is in ${path}.` });
        }
      } else {
        const { content } = await host.call("render_report", { run, format, path: null });
        download(`${fileName(project)}-report.${ending}`, type, content);
      }
    } catch (error) {
      showError(error, "Saving the report");
    }
    setBusy(false);
  };

  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconSave size={14} />} loading={busy} data-testid="save-report">Save the report…</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((each) => (
          <Menu.Item key={each.format} onClick={() => void save(each)} data-testid={`save-report-${each.format}`}>{each.name}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Keeps letters and digits of any script. */
function fileName(project: string): string {
  return project.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "rowferry";
}

function download(name: string, type: string, content: string) {
  const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
