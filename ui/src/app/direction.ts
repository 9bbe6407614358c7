/**
 * Which way the window is laid out: as the system's language is written.
 *
 * The words are English either way; each keeps its own direction (see `app.css`), and names of a database stand in
 * `bdi` everywhere.
 */

/** Scripts that run from right to left, by the languages that are written in them. */
const RIGHT_TO_LEFT = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"]);

export function directionOf(language: string): "ltr" | "rtl" {
  const [name = "", script = ""] = language.toLowerCase().split("-");
  if (script === "latn") return "ltr";
  return script === "arab" || script === "hebr" || RIGHT_TO_LEFT.has(name) ? "rtl" : "ltr";
}

document.documentElement.dir = directionOf(navigator.language);
