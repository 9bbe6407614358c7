/** The window: what every screen stands in. */
import { DirectionProvider, MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import { useProject } from "../document";
import { host } from "../host";
import { enterProject } from "./projects";
import { queries } from "./query";
import { Shell } from "./Shell";
import { theme, variables } from "./theme";

/** What the command line named is open before the person does anything. */
async function openFirst(): Promise<void> {
  const id = await host.opening();
  if (id !== null) await enterProject(host.call("load_project", { id }), "Opening the project");
}

function openLater() {
  host.onOpen((id) => void enterProject(host.call("load_project", { id }), "Opening the project"));
}

/** The keys of a desktop's windows, which a webview does not have by itself. */
function onWindowKey(event: KeyboardEvent) {
  const closes = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "w";
  if (!closes || host.shell !== "desktop") return;
  event.preventDefault();
  // What is not saved yet must not be left to the window's end.
  void useProject.getState().save().catch(() => undefined).finally(() => void host.close());
}

export function App() {
  useEffect(() => {
    void openFirst();
    openLater();
    window.addEventListener("keydown", onWindowKey);
    return () => window.removeEventListener("keydown", onWindowKey);
  }, []);
  return (
    <DirectionProvider detectDirection>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <ModalsProvider>
            <Notifications position="bottom-right" />
            <Shell />
          </ModalsProvider>
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
