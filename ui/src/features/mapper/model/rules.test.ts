import { expect, test } from "vitest";

import { leavesOutNull, withNullLeftOut } from "./rules";

test("rows without a value are left out by the table's filter, which otherwise stays as it is", () => {
  const only = withNullLeftOut("", "Name", true);
  expect(only).toBe('"Name" is not null');
  const both = withNullLeftOut("a > 1 or b", "name", true);
  expect(both).toBe("(a > 1 or b) and name is not null");
  expect([leavesOutNull(only, "Name"), leavesOutNull(both, "name"), leavesOutNull(both, "other"), leavesOutNull("", "name")]).toEqual([true, true, false, false]);
  expect(withNullLeftOut(both, "name", false)).toBe("a > 1 or b");
  expect(withNullLeftOut(only, "Name", false)).toBe("");
  expect(withNullLeftOut(only, "Name", true)).toBe(only);
});
