/** Numbers, sizes and times in words. Thousands are separated by a narrow space, whatever the system's language. */

const THIN = "\u202f";

/** 1234567 → "1 234 567". */
export function count(value: number): string {
  const [whole, ...fraction] = String(Math.round(value)).split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, THIN), ...fraction].join(".");
}

/** `count` with its noun: "1 row", "2 048 rows". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? one : many}`;
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Powers of 1000, three digits at most: 1536 → "1.54 kB". */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${units[unit]}`;
}

/** Two units at most: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min", "1 d 3 h". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(whole / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const scales: { unit: string; seconds: number; step: number }[] = [
  { unit: "s", seconds: 1, step: 5 },
  { unit: "min", seconds: 60, step: 1 },
  { unit: "h", seconds: 3600, step: 0.5 },
  { unit: "d", seconds: 86_400, step: 0.5 },
];

/** A time that is known only roughly, in the unit of its end and never narrower than it is: "20–35 s", "4–7 min". */
export function between(low: number, high: number): string {
  const { unit, seconds, step } = scales.findLast((each) => high >= 1.5 * each.seconds) ?? scales[0];
  const from = Math.floor(low / seconds / step) * step;
  const to = Math.max(step, Math.ceil(high / seconds / step) * step);
  if (from <= 0) return `less than ${to} ${unit}`;
  return from === to ? `about ${to} ${unit}` : `${from}–${to} ${unit}`;
}

/** Rows each second, "–" before there is anything to tell. */
export function rate(rows: number, seconds: number): string {
  if (seconds <= 0 || rows <= 0) return "–";
  const each = rows / seconds;
  return `${each < 10 ? each.toFixed(1) : count(each)} rows/s`;
}

/** Rounded down, so that 100 % is only said of what is complete. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return "–";
  return `${Math.min(100, Math.floor((part / whole) * 100))} %`;
}

/** Local date and time of an RFC 3339 instant: "2026-11-21 05:04". */
export function moment(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Local time of day with seconds, for a log. */
export function clock(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toTimeString().slice(0, 8);
}

/**
 * The engine's words as a sentence. The first letter is raised only of a word that cannot be a name: names stay exactly
 * as the database has them.
 */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const raised = /^(the|a|an|no|nothing|rows|foreign keys|this|these|it|all|every|some|there|values|consistent)\b/.test(trimmed)
    ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
    : trimmed;
  return raised === "" || /[.!?…:;]$/.test(raised) ? raised : `${raised}.`;
}
