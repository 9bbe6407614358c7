import { expect, test } from "vitest";

import { figures, sampleText, share } from "./words";

const looked = { query: "", more_queries: 0, rows: 1000, sampled: false };
const profile = { name: "a", nulls: 1, distinct: 12, distinct_more: false, least: "x", greatest: "z", shortest: 1, longest: 9, values: ["x"], unreadable: 0 };

test("a share is never rounded to nothing or to all", () => {
  expect([share(0, 10), share(1, 1000), share(1, 3), share(999, 1000), share(7, 7), share(0, 0)]).toEqual(["0 %", "< 1 %", "33 %", "> 99 %", "100 %", ""]);
});

test("a profile is figures, and only those that there are", () => {
  expect(figures(profile, { ...looked, rows: 900 }).map(({ name, text }) => `${name} ${text}`)).toEqual([
    "Rows 900", "NULL 1 (< 1 %)", "Distinct 12", "Length 1 to 9", "Least x", "Greatest z",
  ]);
  const none = { name: "a", nulls: 0, distinct: 0, distinct_more: false, values: [], unreadable: 0 };
  expect(figures(none, { ...looked, rows: 0 }).map(({ text }) => text)).toEqual(["0", "none", "0"]);
});

test("beside a column stands a value, or why there is none", () => {
  expect(sampleText(profile, 1000)).toEqual({ value: "x", nulls: "< 1 % NULL" });
  expect(sampleText({ ...profile, values: [], nulls: 5 }, 5)).toEqual({ value: "all NULL", nulls: "" });
  expect(sampleText({ ...profile, values: [] }, 0)).toEqual({ value: "no rows", nulls: "" });
});
