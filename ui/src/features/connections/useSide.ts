/**
 * One side's form and its way into the document.
 *
 * The document holds a URL, the form its parts; the engine turns one into the other. What is typed reaches the document
 * as soon as the engine can make a URL of it. A password is never part of either.
 */
import { useEffect, useRef, useState } from "react";
import type { ConnectionForm, Environment, SideName, WireError } from "../../bindings";
import { toWireError } from "../../app/errors";
import { forget } from "../../app/query";
import { setConnection, setEnvironment, useProject } from "../../document";
import { host } from "../../host";

const emptyForm = (connector: string): ConnectionForm => ({
  connector,
  host: "",
  port: null,
  database: "",
  user: "",
  schema: "",
  path: "",
});

export interface SideForm {
  /** The connection's name in the project. */
  name: string;
  form: ConnectionForm;
  environment: Environment;
  /** What the form makes; `null` while it is incomplete. */
  url: string | null;
  /** Why there is no URL yet. */
  incomplete: WireError | null;
  change: (part: Partial<ConnectionForm>) => void;
  mark: (environment: Environment) => void;
}

export function useSide(side: SideName, connector: string): SideForm {
  const name = useProject((state) => state.document?.[side] ?? side);
  const saved = useProject((state) => state.document?.connections[name]);
  const [form, setForm] = useState<ConnectionForm>(() => emptyForm(connector));
  const [environment, setPlace] = useState<Environment>(saved?.environment ?? "development");
  const [url, setUrl] = useState<string | null>(saved?.url ?? null);
  const [incomplete, setIncomplete] = useState<WireError | null>(null);
  /** The URL that the form stands for: any other in the document came from elsewhere, such as an undo. */
  const own = useRef<string | undefined>(undefined);
  const asked = useRef(0);

  useEffect(() => {
    if (saved === undefined || saved.url === own.current) return;
    own.current = saved.url;
    const ask = ++asked.current;
    host.call("form_from_url", { url: saved.url }).then(
      (read) => {
        if (ask !== asked.current) return;
        setForm({ ...emptyForm(read.connector), ...read });
        setUrl(saved.url);
        setIncomplete(null);
      },
      (error: unknown) => {
        if (ask === asked.current) setIncomplete(toWireError(error));
      },
    );
  }, [saved]);

  const settle = async (next: ConnectionForm) => {
    const ask = ++asked.current;
    try {
      const made = await host.call("url_from_form", next);
      if (ask !== asked.current) return;
      setUrl(made.url);
      setIncomplete(null);
      if (made.url === own.current) return;
      own.current = made.url;
      useProject.getState().edit(setConnection(side, name, made.url, environment));
      forget("catalog", "secret_status", "check");
    } catch (error) {
      if (ask !== asked.current) return;
      setUrl(null);
      setIncomplete(toWireError(error));
    }
  };

  return {
    name,
    form,
    environment: saved?.environment ?? environment,
    url,
    incomplete,
    change: (part) => {
      const next = part.connector !== undefined && part.connector !== form.connector
        ? { ...form, port: null, ...part }
        : { ...form, ...part };
      setForm(next);
      void settle(next);
    },
    mark: (next) => {
      setPlace(next);
      if (saved) useProject.getState().edit(setEnvironment(side, next));
    },
  };
}
