import { expect, test } from "vitest";

import { joined, part, valueOf } from "./texts";

test("two columns are joined with a separator, and a third joins them", () => {
  const two = joined(valueOf({ from: ["First Name"] }), "last", " ");
  expect(two).toBe(`concat_ws(' ', "First Name", last)`);
  expect(joined(two, "title", " ")).toBe(`concat_ws(' ', "First Name", last, title)`);
  expect(joined(two, "title", ", ")).toBe(`concat_ws(', ', concat_ws(' ', "First Name", last), title)`);
  expect(joined("a", "b", "", true)).toBe("concat(b, a)");
  expect(joined("a", "b", "'")).toBe("concat_ws('''', a, b)");
});

test("a column is cut at a delimiter or at positions", () => {
  expect(part("Name", { by: "delimiter", delimiter: "," }, 1)).toBe(`nullif(trim(split_part("Name", ',', 2)), '')`);
  const cut = { by: "position", positions: [3, 5] } as const;
  expect([0, 1, 2].map((at) => part("code", cut, at))).toEqual([
    "nullif(substr(code, 1, 3), '')",
    "nullif(substr(code, 4, 2), '')",
    "nullif(substr(code, 6), '')",
  ]);
});
