import { describe, expect, test } from "vitest";
import { between, bytes, count, counted, duration, percent, rate, sentence } from "./format";

describe("numbers", () => {
  test("have their thousands separated, also when negative", () => {
    expect([0, 999, 1000, 1234567, -1234].map(count)).toEqual([
      "0", "999", "1\u202f000", "1\u202f234\u202f567", "-1\u202f234",
    ]);
  });

  test("take their noun in the right number", () => {
    expect(counted(1, "row")).toBe("1 row");
    expect(counted(0, "row")).toBe("0 rows");
    expect(counted(2, "index", "indexes")).toBe("2 indexes");
  });

  test("become sizes of three digits that do not roll over into four", () => {
    expect([0, 999, 1000, 1536, 25_300, 999_499, 999_999, 3.2e12].map(bytes)).toEqual([
      "0 B", "999 B", "1.00 kB", "1.54 kB", "25.3 kB", "999 kB", "1.00 MB", "3.20 TB",
    ]);
  });
});

describe("times", () => {
  test("are told in two units at most", () => {
    expect([0.44, 9.94, 9.96, 59.4, 59.6, 185, 3599.7, 7800, 97_200].map(duration)).toEqual([
      "0.4 s", "9.9 s", "10 s", "59 s", "1 min 00 s", "3 min 05 s", "1 h 00 min", "2 h 10 min", "1 d 3 h",
    ]);
  });

  test("that are not known are a dash", () => {
    expect(duration(Infinity)).toBe("–");
    expect(duration(NaN)).toBe("–");
  });
});

test("what is known roughly is a range in one unit, never narrower than it is", () => {
  expect(between(0, 0)).toBe("less than 5 s");
  expect(between(21, 33)).toBe("20–35 s");
  expect(between(10.2, 14.9)).toBe("10–15 s");
  expect(between(250, 400)).toBe("4–7 min");
  expect(between(240, 240)).toBe("about 4 min");
  expect(between(20, 200)).toBe("less than 4 min");
  expect(between(6000, 9000)).toBe("1.5–2.5 h");
});

test("a rate is a dash before there is anything to tell", () => {
  expect(rate(0, 3)).toBe("–");
  expect(rate(10, 0)).toBe("–");
  expect(rate(5, 2)).toBe("2.5 rows/s");
  expect(rate(50_000, 2)).toBe("25\u202f000 rows/s");
});

test("100 % is said of what is complete only", () => {
  expect(percent(999_999, 1_000_000)).toBe("99 %");
  expect(percent(12, 10)).toBe("100 %");
  expect(percent(0, 0)).toBe("–");
});

test("a message becomes a sentence, and names keep their letters", () => {
  expect(sentence("the target holds rows")).toBe("The target holds rows.");
  expect(sentence("email must have a value")).toBe("email must have a value.");
  expect(sentence("thesis has no key")).toBe("thesis has no key.");
  expect(sentence("Really?")).toBe("Really?");
  expect(sentence("")).toBe("");
});
