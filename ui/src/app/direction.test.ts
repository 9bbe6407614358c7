import { expect, test } from "vitest";
import { directionOf } from "./direction";

test("the window is laid out as the system's language is written", () => {
  expect(["ar-EG", "he", "fa-IR", "ur", "pa-Arab-PK"].map(directionOf)).toEqual(Array(5).fill("rtl"));
  expect(["en-GB", "de", "", "uz-Latn", "ar-Latn"].map(directionOf)).toEqual(Array(5).fill("ltr"));
});
