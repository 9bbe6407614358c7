/**
 * The window's language, where the system names one that is none.
 *
 * In the locale `C` WebKit calls its language `C.`, which `Intl` refuses with an exception; the chart asks it as soon as
 * it is loaded. This must be imported before anything that asks.
 */
export function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

if (!isLanguage(navigator.language)) {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
  Object.defineProperty(navigator, "languages", { value: ["en"], configurable: true });
}
