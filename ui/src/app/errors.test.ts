import { beforeEach, expect, test } from "vitest";
import { placeOf, showError, titleOf, toWireError, useErrors } from "./errors";

beforeEach(() => useErrors.setState({ shown: [] }));

test("the place of an error goes from the wide to the narrow, and leaves out what is not known", () => {
  expect(placeOf({ connection: "target", table: "main.album", column: "title", line: 3 })).toBe(
    "connection target · column main.album.title · line 3",
  );
  expect(placeOf({ table: "main.album" })).toBe("table main.album");
  expect(placeOf({})).toBe("");
});

test("an error of the engine keeps its kind, and anything else is a defect", () => {
  expect(toWireError({ kind: "busy", message: "locked" })).toEqual({ kind: "busy", message: "locked", context: {} });
  expect(toWireError(new TypeError("x is undefined"))).toMatchObject({ kind: "internal", message: "x is undefined" });
  expect(toWireError("lost")).toMatchObject({ kind: "internal", message: "lost" });
});

test("a kind that a newer engine sends still has a title", () => {
  expect(titleOf("from-the-future" as never)).toBe("Something went wrong");
});

test("errors stay until they are dismissed, and the same one is shown once", () => {
  const busy = { kind: "busy", message: "locked", context: {} };
  showError(busy, "Saving");
  showError({ ...busy, message: "another" });
  showError(busy, "Saving");
  expect(useErrors.getState().shown.map((each) => each.error.message)).toEqual(["another", "locked"]);
  useErrors.getState().dismiss(useErrors.getState().shown[0].id);
  expect(useErrors.getState().shown.map((each) => each.error.message)).toEqual(["locked"]);
});
