import { describe, expect, test } from "vitest";

import { applied, type Edit, together } from "../edit";
import { columnTo, mappingTo } from "../model";
import { ALBUM, ARTIST, album, artist, copy, smallProject, suggested } from "../testing/project";
import { acceptAll, countAccepted } from "./acceptAll";
import { approveLoss } from "./approveLoss";
import { confirmSuggestion, confirmTable } from "./confirmSuggestion";
import { linkColumns } from "./linkColumns";
import { mapTable } from "./mapTable";
import { mergeSuggestions } from "./mergeSuggestions";
import { rejectAll, rejectSuggestion } from "./rejectSuggestions";
import { renameProject } from "./renameProject";
import { setConnection, setEnvironment } from "./setConnection";
import { setConstant } from "./setConstant";
import { setExisting } from "./setExisting";
import { setExpression } from "./setExpression";
import { setFilter } from "./setFilter";
import { setMisfit, setStripNul } from "./setMisfit";
import { setOptions } from "./setOptions";
import { setOrphans } from "./setOrphans";
import { setReading } from "./setReading";
import { skipColumn, unskipColumn } from "./skipColumn";
import { takeChoice } from "./takeChoice";
import { unlinkColumn } from "./unlinkColumn";
import { unmapTable } from "./unmapTable";

const after = (edit: Edit, document = smallProject()) => applied(document, edit).document;
const albumOf = (edit: Edit) => mappingTo(after(edit), album)!;

test("an edit never touches the document it is given", () => {
  const before = smallProject();
  applied(before, linkColumns(ALBUM, "AlbumId", album, "title"));
  expect(before).toEqual(smallProject());
});

describe("linking columns", () => {
  test("makes the mapping of their tables when there is none", () => {
    const document = after(linkColumns(ARTIST, "Name", artist, "name"));
    expect(mappingTo(document, artist)).toEqual({
      from: ARTIST,
      to: artist,
      existing: "refuse",
      state: "confirmed",
      columns: [copy("Name", "name")],
    });
  });

  test("replaces what the target column had, in its place", () => {
    const table = albumOf(linkColumns(ALBUM, "ArtistId", album, "title"));
    expect(table.columns[1]).toEqual(copy("ArtistId", "title"));
    expect(table.columns).toHaveLength(3);
    expect(table.state).toBe("confirmed");
  });

  test("takes back that the column is skipped", () => {
    const skipped = after(skipColumn(album, "title"));
    expect(mappingTo(skipped, album)!.skipped).toEqual(["title"]);
    const table = mappingTo(after(linkColumns(ALBUM, "Title", album, "title"), skipped), album)!;
    expect(table.skipped).toBeUndefined();
    expect(columnTo(table, "title")).toEqual(copy("Title", "title"));
  });

  test("a mapping from another table gives way whole", () => {
    const table = mappingTo(after(linkColumns(ARTIST, "Name", album, "title")), album)!;
    expect(table.from).toEqual(ARTIST);
    expect(table.columns).toEqual([copy("Name", "title")]);
  });
});

test("unlinking leaves the table mapped", () => {
  const table = albumOf(unlinkColumn(album, "title"));
  expect(table.columns.map((each) => each.to)).toEqual(["album_id", "artist_id"]);
});

describe("an expression", () => {
  test("confirms the link and names the columns it reads", () => {
    const table = albumOf(setExpression(ALBUM, album, "title", ' trim("Title") ', ["Title"]));
    expect(columnTo(table, "title")).toEqual({
      to: "title",
      from: ["Title"],
      expression: 'trim("Title")',
      state: "confirmed",
    });
  });

  test("that is emptied becomes a plain copy again", () => {
    const document = after(setExpression(ALBUM, album, "title", 'trim("Title")', ["Title"]));
    const table = mappingTo(after(setExpression(ALBUM, album, "title", " ", []), document), album)!;
    expect(columnTo(table, "title")).toEqual(copy("Title", "title"));
  });

  test("without a column that is emptied unlinks", () => {
    const document = after(setConstant(ALBUM, album, "title", "'none'"));
    const table = mappingTo(after(setExpression(ALBUM, album, "title", "", []), document), album)!;
    expect(columnTo(table, "title")).toBeUndefined();
  });
});

test("a constant has no source column", () => {
  const table = albumOf(setConstant(ALBUM, album, "label", "'Standard'"));
  expect(columnTo(table, "label")).toEqual({ to: "label", expression: "'Standard'", state: "confirmed" });
});

test("skipping a column unlinks it, and can be taken back", () => {
  const document = after(skipColumn(album, "title"));
  expect(columnTo(mappingTo(document, album), "title")).toBeUndefined();
  expect(mappingTo(after(unskipColumn(album, "title"), document), album)!.skipped).toBeUndefined();
});

test("an empty filter is no filter", () => {
  const document = after(setFilter(album, ' "AlbumId" > 3 '));
  expect(mappingTo(document, album)!.filter).toBe('"AlbumId" > 3');
  expect(mappingTo(after(setFilter(album, "  "), document), album)).not.toHaveProperty("filter");
});

test("existing rows get their policy", () => {
  expect(albumOf(setExisting(album, "replace")).existing).toBe("replace");
});

test("a loss is approved and the approval withdrawn", () => {
  const document = after(approveLoss(album, "album_id", true));
  expect(columnTo(mappingTo(document, album), "album_id")!.approve_loss).toBe(true);
  expect(after(approveLoss(album, "album_id", false), document)).toEqual(smallProject());
});

describe("suggestions", () => {
  test("confirming one confirms its tables and keeps why", () => {
    const table = albumOf(confirmSuggestion(album, "title"));
    expect(columnTo(table, "title")).toEqual({ ...suggested("Title", "title", 0.92), state: "confirmed" });
    expect(table.state).toBe("confirmed");
    expect(columnTo(table, "artist_id")!.state).toBe("suggested");
  });

  test("confirming a table confirms all of it", () => {
    expect(albumOf(confirmTable(album)).columns.every((each) => each.state === "confirmed")).toBe(true);
  });

  test("accept all takes those at or above the threshold only", () => {
    const table = albumOf(acceptAll(0.92));
    expect(columnTo(table, "title")!.state).toBe("confirmed");
    expect(columnTo(table, "artist_id")!.state).toBe("suggested");
    expect(countAccepted(smallProject(), 0.92)).toBe(1);
    expect(countAccepted(smallProject(), 0.5)).toBe(2);
  });

  test("rejecting never removes what is confirmed", () => {
    expect(albumOf(rejectSuggestion(album, "album_id")).columns).toHaveLength(3);
    expect(albumOf(rejectSuggestion(album, "title")).columns).toHaveLength(2);
    expect(albumOf(rejectAll()).columns).toEqual([copy("AlbumId", "album_id")]);
  });

  test("a suggested table goes with its last suggestion", () => {
    const document = smallProject();
    document.tables[0].columns.splice(0, 2);
    expect(after(rejectSuggestion(album, "artist_id"), document).tables).toEqual([]);
    expect(after(rejectAll(), document).tables).toEqual([]);
  });

  test("merging never overwrites a confirmed link", () => {
    const table = albumOf(
      mergeSuggestions([
        {
          ...smallProject().tables[0],
          columns: [suggested("Title", "album_id", 1), suggested("AlbumId", "title", 0.5), suggested("Year", "year", 0.6)],
        },
      ]),
    );
    expect(table.columns).toEqual([
      copy("AlbumId", "album_id"),
      suggested("AlbumId", "title", 0.5),
      suggested("ArtistId", "artist_id", 0.7),
      suggested("Year", "year", 0.6),
    ]);
  });

  test("merging leaves skipped columns and tables mapped from elsewhere alone", () => {
    const document = after(skipColumn(album, "title"));
    const merged = after(
      mergeSuggestions([
        { ...smallProject().tables[0], columns: [suggested("Title", "title", 1)] },
        { ...smallProject().tables[0], from: ARTIST, columns: [suggested("Name", "genre", 1)] },
      ]),
      document,
    );
    expect(merged).toEqual(document);
  });

  test("merging adds tables that are not mapped", () => {
    const document = after(
      mergeSuggestions([
        { from: ARTIST, to: artist, existing: "refuse", state: "suggested", columns: [suggested("Name", "name", 1)] },
      ]),
    );
    expect(document.tables).toHaveLength(2);
  });
});

test("mapping tables copies the pairs and keeps links that are there", () => {
  const table = albumOf(
    mapTable(ALBUM, album, [
      { from: "Title", to: "title" },
      { from: "Year", to: "year" },
    ]),
  );
  expect(table.state).toBe("confirmed");
  expect(table.columns.map((each) => [each.to, each.state])).toEqual([
    ["album_id", "confirmed"],
    ["title", "suggested"],
    ["artist_id", "suggested"],
    ["year", "confirmed"],
  ]);
});

test("unmapping takes a table out with its links", () => {
  expect(after(unmapTable(album)).tables).toEqual([]);
});

test("renaming trims", () => {
  expect(after(renameProject("  Shop ")).name).toBe("Shop");
});

test("a connection that no side uses any more goes", () => {
  const document = after(setConnection("target", "warehouse", "sqlite:w.db"));
  expect(Object.keys(document.connections).sort()).toEqual(["chinook", "warehouse"]);
  expect(document.target).toBe("warehouse");
  expect(document.connections.warehouse.environment).toBe("test");
});

test("an environment is set on the connection of its side", () => {
  expect(after(setEnvironment("target", "production")).connections.shop.environment).toBe("production");
});

test("options change one by one", () => {
  expect(after(setOptions({ verify: "checksums" })).options).toMatchObject({ verify: "checksums", jobs: 0 });
});

test("several edits are one step", () => {
  const { document, patches } = applied(
    smallProject(),
    together("Tidy", [unlinkColumn(album, "title"), unlinkColumn(album, "artist_id")]),
  );
  expect(mappingTo(document, album)!.columns).toHaveLength(1);
  expect(patches.length).toBeGreaterThan(0);
});

describe("taking a choice of the plan", () => {
  const asNull = { label: "Read as NULL", edit: { edit: "reading", table: 0, column: "Title", reading: { unreadable: "null" } } } as const;

  test("keeps how the source column is read", () => {
    expect(albumOf(takeChoice(album, asNull)).reading).toEqual({ Title: { unreadable: "null" } });
  });

  test("leaves what was chosen before about the same column", () => {
    const asBoolean = { label: "A boolean", edit: { edit: "reading", table: 0, column: "Title", reading: { as: "boolean" } } } as const;
    const taken = after(together("Both", [takeChoice(album, asBoolean), takeChoice(album, asNull)]));
    expect(mappingTo(taken, album)!.reading).toEqual({ Title: { as: "boolean", unreadable: "null" } });
  });

  test("says of a target column what stands in for values that do not fit", () => {
    const choice = { label: "NULL", edit: { edit: "misfit", table: 0, column: "title", misfit: "null" } } as const;
    expect(columnTo(albumOf(takeChoice(album, choice)), "title")!.misfit).toBe("null");
  });

  test("says of a table what becomes of its orphans", () => {
    const choice = { label: "Reject them", edit: { edit: "orphans", table: 0, orphans: "reject" } } as const;
    expect(albumOf(takeChoice(album, choice)).orphans).toBe("reject");
  });

  test("says of a target column whether it is generated again", () => {
    const choice = { label: "Generate it", edit: { edit: "generated", table: 0, column: "title", generated: "recreate" } } as const;
    expect(columnTo(albumOf(takeChoice(album, choice)), "title")!.generated).toBe("recreate");
  });

  test("leaves a check out once", () => {
    const choice = { label: "Leave it out", edit: { edit: "leave-check", table: 0, check: "sold" } } as const;
    const both = after(together("Twice", [takeChoice(album, choice), takeChoice(album, choice)]));
    expect(mappingTo(both, album)!.left_checks).toEqual(["sold"]);
  });

  test("says in the source's URL in what its files are written, and leaves the rest of it", () => {
    const choice = { label: "Read it", edit: { edit: "encoding", table: 0, encoding: "windows-1256" } } as const;
    const read = (url: string) => {
      const document = smallProject();
      document.connections[document.source] = { url, environment: "test" };
      return after(takeChoice(album, choice), document).connections[document.source]?.url;
    };
    expect(read("csv:a b?.csv")).toBe("csv:a b?.csv?encoding=windows-1256");
    expect(read("csv:x?encoding=utf-8&delimiter=%3B")).toBe("csv:x?delimiter=%3B&encoding=windows-1256");
  });

  test("changes nothing when another table is in that place now", () => {
    expect(after(takeChoice(artist, asNull))).toEqual(smallProject());
  });
});

describe("values that are not plain", () => {
  test("what is set is kept, and what is usual leaves no trace", () => {
    const edits: [Edit, Edit][] = [
      [setReading(album, "Title", { as: "text", unreadable: "null" }), setReading(album, "Title", { as: null })],
      [setMisfit(album, "title", { value: "?" }), setMisfit(album, "title", "reject")],
      [setStripNul(album, "title", true), setStripNul(album, "title", false)],
      [setOrphans(album, "keep"), setOrphans(album, "stop")],
    ];
    for (const [set, usual] of edits) {
      const changed = after(set);
      expect(changed).not.toEqual(smallProject());
      expect(after(usual, changed)).toEqual(smallProject());
    }
  });

  test("one column's reading leaves the others'", () => {
    const both = after(setReading(album, "AlbumId", { unreadable: "null" }), after(setReading(album, "Title", { as: "text" })));
    expect(mappingTo(after(setReading(album, "Title", {}), both), album)!.reading).toEqual({ AlbumId: { unreadable: "null" } });
  });
});

test("another expression keeps what stands in for misfits, and forgets an approved loss", () => {
  const before = smallProject();
  Object.assign(before.tables[0].columns[0], { misfit: "null", strip_nul: true, approve_loss: true });
  const { document } = applied(before, setExpression(ALBUM, album, "album_id", '"AlbumId" + 1', ["AlbumId"]));
  expect(document.tables[0].columns[0]).toEqual({
    to: "album_id", from: ["AlbumId"], expression: '"AlbumId" + 1', state: "confirmed", misfit: "null", strip_nul: true,
  });
});
