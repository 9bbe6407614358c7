import { expect, test } from "vitest";
import { isLanguage } from "./language";

test("the locale C is not a language", () => {
  expect(isLanguage("C.")).toBe(false);
  expect(isLanguage("")).toBe(false);
  expect(isLanguage("en-GB")).toBe(true);
});
