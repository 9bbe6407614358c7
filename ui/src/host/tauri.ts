/** The desktop shell: commands of the Tauri process around the window. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWindow } from "@tauri-apps/api/window";
import type { RunEvent } from "../bindings";
import type { Host } from "./host";

/** A window that cannot save must close all the same: what is not written is in the journal. */
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 3000));

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
  beforeClose(work) {
    // While this listens the shell keeps the window open. Whether it goes or only hides is the shell's to say.
    const listening = getCurrentWindow().onCloseRequested(async (event) => {
      event.preventDefault();
      await Promise.race([work().catch(() => undefined), soon()]);
      await invoke("leave");
    });
    return () => void listening.then((stop) => stop());
  },
  pickFile: ({ title, endings, save = false, folder = false }) =>
    invoke<string | null>("pick_file", { title, endings, save, folder }),
  reveal: (path) => invoke("reveal", { path }),
  onOpen: (open) => void listen<string>("open-project", ({ payload }) => open(payload)),
  close: () => invoke("close"),
};
