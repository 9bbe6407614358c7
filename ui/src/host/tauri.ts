/** The desktop shell: commands of the Tauri process around the window. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { RunEvent } from "../bindings";
import type { Host } from "./host";

export const tauri: Host = {
  shell: "desktop",
  call: (operation, request) => invoke("call", { operation, request }),
  async watchRun(run, onEvent) {
    let open = true;
    const channel = new Channel<RunEvent>((event) => {
      if (open) onEvent(event);
    });
    await invoke("watch_run", { run, channel });
    return () => {
      open = false;
    };
  },
  opening: () => invoke<string | null>("opening"),
  pickFile: ({ title, endings, save = false, folder = false }) =>
    invoke<string | null>("pick_file", { title, endings, save, folder }),
  reveal: (path) => invoke("reveal", { path }),
  onOpen: (open) => void listen<string>("open-project", ({ payload }) => open(payload)),
  close: () => invoke("close"),
};
