import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";

import type { Project } from "../../bindings";
import { queries } from "../../app/query";
import { mappingTo, useProject } from "../../document";
import { fakeHost } from "../../testing/host";
import Mapper from "./index";
import { forgetForeseen } from "./data";
import { resetMapper } from "./state";
import { ALBUM, album, artist, engine, mapping, opened, project, suggested } from "./testing/chinook";

// jsdom lays nothing out; the virtual lists draw what fits.
for (const [name, size] of [["offsetWidth", 400], ["clientWidth", 400], ["offsetHeight", 600], ["clientHeight", 600]] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}
Element.prototype.scrollTo = () => undefined;
window.PointerEvent ??= MouseEvent as unknown as typeof PointerEvent;

beforeEach(() => {
  localStorage.clear();
  queries.clear();
  resetMapper();
  forgetForeseen();
});

async function show(document: Project) {
  fakeHost(engine);
  useProject.getState().open(opened(document));
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <Mapper />
      </QueryClientProvider>
    </MantineProvider>,
  );
  if (Object.keys(document.connections).length > 0) await screen.findByTestId("source-table-Album");
  return userEvent.setup();
}

const columnsOf = (table = album) => mappingTo(useProject.getState().document!, table)?.columns;

test("without connections it says where to go", async () => {
  await show({ ...project(), connections: {} });
  expect(screen.getByTestId("go-connections").textContent).toBe("Choose a source and a target");
});

test("an empty mapping says what to do next", async () => {
  await show(project());
  expect(screen.getByTestId("mapper-invite").textContent).toContain("Press Suggest, or drag a column");
});

test("a link is drawn by keyboard alone, and taken away again", async () => {
  const user = await show(project());
  screen.getByTestId("source-tree").focus();
  // Into Album, down to Title, and begin.
  await user.keyboard("{ArrowDown}{ArrowRight}{ArrowDown}{ArrowDown}{Enter}");
  expect(document.activeElement).toBe(screen.getByTestId("target-tree"));
  await user.keyboard("{ArrowDown}{Enter}{ArrowDown}{ArrowDown}{Enter}");
  await waitFor(() => expect(columnsOf()).toEqual([{ to: "title", from: ["Title"], state: "confirmed" }]));
  expect(screen.getByTestId("mapper-message").textContent).toBe("Linked Album.Title to album.title.");
  await user.keyboard("{Delete}");
  expect(columnsOf()).toEqual([]);
});

test("what the engine calls impossible is refused, with its reason", async () => {
  const user = await show(project());
  await user.dblClick(screen.getByTestId("source-table-Album"));
  await user.dblClick(screen.getByTestId("target-table-album"));
  await user.click(screen.getByTestId("source-column-Album.AlbumId"));
  await user.click(screen.getByTestId("target-column-album.title"));
  await user.click(screen.getByTestId("link"));
  await waitFor(() => expect(screen.getByTestId("mapper-message").textContent).toBe("Not linked: a number is no title."));
  expect(columnsOf()).toBeUndefined();
});

test("a source and a target are linked by the button, and a loss is said", async () => {
  const user = await show(project());
  await user.dblClick(screen.getByTestId("source-table-Album"));
  await user.dblClick(screen.getByTestId("target-table-artist"));
  await user.click(screen.getByTestId("source-column-Album.Title"));
  await user.click(screen.getByTestId("target-column-artist.name"));
  await user.click(screen.getByTestId("link"));
  await waitFor(() => expect(columnsOf(artist)).toHaveLength(1));
  expect(screen.getByTestId("mapper-message").textContent).toContain("loses something: it loses its meaning");
});

test("a column is dragged onto another by pointer events", async () => {
  const user = await show(project());
  await user.dblClick(screen.getByTestId("source-table-Album"));
  await user.dblClick(screen.getByTestId("target-table-album"));
  const target = screen.getByTestId("target-column-album.artist_id");
  document.elementFromPoint = () => target;
  fireEvent.pointerDown(screen.getByTestId("source-column-Album.ArtistId"), { button: 0, clientX: 10, clientY: 10 });
  fireEvent.pointerMove(window, { clientX: 400, clientY: 60 });
  expect(screen.getByTestId("drag-line").textContent).toContain("Album.ArtistId → album.artist_id");
  expect(target.dataset.drop).toBe("yes");
  fireEvent.pointerUp(window, { clientX: 400, clientY: 60 });
  await waitFor(() => expect(columnsOf()).toEqual([{ to: "artist_id", from: ["ArtistId"], state: "confirmed" }]));
  expect(screen.queryByTestId("drag-line")).toBeNull();
});

test("suggestions are asked for, accepted above a threshold, rejected, and all of it undone", async () => {
  const user = await show(project());
  await user.click(screen.getByTestId("suggest"));
  await waitFor(() => expect(columnsOf()).toHaveLength(2));
  expect(screen.getByTestId("accept-all").textContent).toBe("Accept 1 ≥");
  await user.click(screen.getByTestId("accept-all"));
  expect(columnsOf()!.map((each) => each.state)).toEqual(["confirmed", "suggested"]);
  await user.click(screen.getByTestId("reject-all"));
  expect(columnsOf()!.map((each) => each.to)).toEqual(["title"]);
  const { undo } = useProject.getState();
  undo();
  undo();
  expect(columnsOf()!.map((each) => each.state)).toEqual(["suggested", "suggested"]);
  undo();
  expect(columnsOf()).toBeUndefined();
});

test("space accepts a suggestion, and the inspector says why it was made", async () => {
  const user = await show(project([mapping([suggested("Title", "title", 0.92)])]));
  await user.dblClick(screen.getByTestId("target-table-album"));
  await user.click(screen.getByTestId("target-column-album.title"));
  expect(screen.getByTestId("suggestion").textContent).toMatch(/92 %sure.*same name/);
  screen.getByTestId("target-tree").focus();
  await user.keyboard(" ");
  expect(columnsOf()![0].state).toBe("confirmed");
});

test("a required column gets a constant in one step", async () => {
  const user = await show(project([mapping([], { from: ALBUM })]));
  await user.dblClick(screen.getByTestId("target-table-album"));
  await waitFor(() => expect(screen.getByTestId("filter-required").textContent).toBe("Required 3"));
  await user.click(screen.getByTestId("target-column-album.title"));
  await user.type(screen.getByTestId("constant"), "none");
  await user.click(screen.getByTestId("constant-set"));
  expect(columnsOf()).toEqual([{ to: "title", expression: "'none'", state: "confirmed" }]);
});

test("the grid shows the same mapping, and ? the keys", async () => {
  const user = await show(project([mapping([suggested("Title", "title", 0.92)])]));
  await user.click(screen.getByTestId("view-grid"));
  expect(screen.getByTestId("grid-row-album.title").textContent).toContain("Album.Title");
  await user.click(screen.getByTestId("filter-suggested"));
  expect(screen.queryByTestId("grid-row-album.artist_id")).toBeNull();
  await user.keyboard("?");
  expect((await screen.findByRole("dialog")).textContent).toContain("Unlink; reject a suggestion");
});

test("what stands in for values that do not fit is said beside the column", async () => {
  const user = await show(project([mapping([{ to: "title", from: ["Title"], state: "confirmed" }])]));
  await user.dblClick(screen.getByTestId("target-table-album"));
  await user.click(screen.getByTestId("target-column-album.title"));
  expect(screen.getByTestId("values").textContent).toContain("Read Title as");
  await user.selectOptions(screen.getByTestId("misfit"), "Fix: it becomes NULL");
  await user.click(screen.getByTestId("strip-nul"));
  expect(columnsOf()![0]).toMatchObject({ misfit: "null", strip_nul: true });
});
