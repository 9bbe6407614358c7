/** A browser: the same engine behind a loopback address. For tests and for working on the window. */
import type { RunEvent, WireError } from "../bindings";
import type { Host, Operation, Reply, Request } from "./host";

const lost: WireError = {
  kind: "unreachable",
  message: "The engine does not answer.",
  remedy: "Start it again, then reload this page.",
  context: {},
};

async function call<K extends Operation>(operation: K, request: Request<K>): Promise<Reply<K>> {
  let response: Response;
  try {
    response = await fetch(`/api/call/${operation}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
  } catch {
    throw lost;
  }
  const body: unknown = await response.json().catch(() => lost);
  if (!response.ok || body === lost) throw body as WireError;
  return body as Reply<K>;
}

export const http: Host = {
  shell: "browser",
  call,
  watchRun(run, onEvent) {
    const source = new EventSource(`/api/watch/${encodeURIComponent(run)}`);
    source.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as RunEvent;
      // Otherwise the browser would connect again and get the end once more.
      if (event.event === "finished") source.close();
      onEvent(event);
    };
    // Only once the connection stands is anything heard: a run that ends before that is met by the question behind it.
    return new Promise((resolve, reject) => {
      source.onopen = () => resolve(() => source.close());
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) reject(new Error("The run is not under way."));
      };
    });
  },
  opening: () => Promise.resolve(null),
  beforeClose(work) {
    const onHide = () => void work().catch(() => undefined);
    window.addEventListener("pagehide", onHide);
    return () => window.removeEventListener("pagehide", onHide);
  },
  pickFile: () => Promise.resolve(null),
  reveal: () => Promise.resolve(),
  onOpen: () => undefined,
  close: () => Promise.resolve(),
};
