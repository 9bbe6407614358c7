/**
 * One side's form and its way into the document.
 *
 * The document holds a URL, the form its parts; the engine turns one into the other. What is typed reaches the document
 * when the person pauses and the engine can make a URL of it. A password is never part of either.
 */
import { useEffect, useRef, useState } from "react";
import type { ConnectionForm, Environment, SideName, WireError } from "../../bindings";
import { toWireError } from "../../app/errors";
import { forget } from "../../app/query";
import { setEnvironment, useProject } from "../../document";
import { host } from "../../host";
import { putSide, usePendingSide } from "./pending";

const emptyForm = (connector: string): ConnectionForm => ({
  connector,
  host: "",
  port: null,
  database: "",
  user: "",
  schema: "",
  path: "",
  encoding: "",
  parameters: {},
});

/** Milliseconds without typing. */
const PAUSE = 400;

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
  /** Takes over what was typed without waiting for a pause: the URL, or `null` while it is incomplete. */
  settle: () => Promise<string | null>;
}

export function useSide(side: SideName, connector: string): SideForm {
  const name = useProject((state) => state.document?.[side] ?? side);
  const inDocument = useProject((state) => state.document?.connections[name]);
  const pending = usePendingSide(side);
  const saved = inDocument ?? pending;
  const [form, setForm] = useState<ConnectionForm>(() => emptyForm(connector));
  const [environment, setPlace] = useState<Environment>(saved?.environment ?? "development");
  const [url, setUrl] = useState<string | null>(saved?.url ?? null);
  const [incomplete, setIncomplete] = useState<WireError | null>(null);
  /** The URL that the form stands for: any other in the document came from elsewhere, such as an undo. */
  const own = useRef<string | undefined>(undefined);
  /** What is typed and not taken over. */
  const typed = useRef<ConnectionForm | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const current: Environment = saved?.environment ?? environment;

  useEffect(() => {
    if (saved === undefined || saved.url === own.current) return;
    own.current = saved.url;
    typed.current = null;
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

  const settle = async (): Promise<string | null> => {
    clearTimeout(timer.current);
    const next = typed.current ?? (own.current === undefined ? form : null);
    if (next === null) return own.current ?? null;
    typed.current = null;
    const ask = ++asked.current;
    try {
      const made = await host.call("url_from_form", next);
      if (ask !== asked.current) return null;
      setUrl(made.url);
      setIncomplete(null);
      if (made.url !== own.current) {
        own.current = made.url;
        putSide(side, { url: made.url, environment: current });
        // The engine looks at the project as it is saved; a failure to save shows in the header.
        void useProject.getState().save().then(() => forget("catalog", "secret_status", "check"), () => undefined);
      }
      return made.url;
    } catch (error) {
      if (ask === asked.current) {
        setUrl(null);
        setIncomplete(toWireError(error));
        own.current = undefined;
      }
      return null;
    }
  };

  const newest = useRef(settle);
  useEffect(() => {
    newest.current = settle;
  });
  // What was typed last is not lost by leaving the screen.
  useEffect(() => () => void (typed.current && newest.current()), []);

  return {
    name,
    form,
    environment: current,
    url,
    incomplete,
    settle,
    change: (part) => {
      const other = part.connector !== undefined && part.connector !== form.connector;
      const next = { ...form, ...(other ? { port: null, encoding: "", parameters: {} } : {}), ...part };
      setForm(next);
      setIncomplete(null);
      typed.current = next;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void newest.current(), PAUSE);
    },
    mark: (next) => {
      setPlace(next);
      if (inDocument) useProject.getState().edit(setEnvironment(side, next));
      else if (pending) putSide(side, { ...pending, environment: next });
    },
  };
}
