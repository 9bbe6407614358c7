/** The window: what every screen stands in. */
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
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

export function App() {
  useEffect(() => void openFirst(), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          <Shell />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
