// Makes src/bindings/index.ts from the JSON Schema of the engine's operations:
//   cargo run -q -p rowferry-api --example schema | npm run -s codegen
//   npm run codegen -- schema.json
import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const path = process.argv[2] ?? 0;
const schema = JSON.parse(readFileSync(path, "utf8"));

/** Draft 2020-12 spells tuples `prefixItems`; the compiler knows the older `items`. */
function tuples(node) {
  if (Array.isArray(node)) return node.forEach(tuples);
  if (node === null || typeof node !== "object") return;
  if (node.prefixItems) {
    node.items = node.prefixItems;
    delete node.prefixItems;
  }
  Object.values(node).forEach(tuples);
}

/** Names of all definitions that `name` is made of. */
function reach(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, next] of JSON.stringify(schema.$defs[name]).matchAll(/"#\/\$defs\/(\w+)"/g)) reach(next, found);
  return found;
}

/** A reference with a description of its own would make a second type of the same form. */
function plain(node) {
  if (node === null || typeof node !== "object") return;
  if (node.$ref) for (const key of Object.keys(node)) if (key !== "$ref") delete node[key];
  Object.values(node).forEach(plain);
}

tuples(schema);
// The engine always writes a document's fields that have a default in the schema, so the window need not ask.
for (const name of reach("Project")) {
  const { properties = {}, required = [] } = schema.$defs[name];
  const written = Object.keys(properties).filter((key) => "default" in properties[key]);
  if (written.length) schema.$defs[name].required = [...new Set([...required, ...written])];
}

plain(schema);

const source = await compile(schema, "Operations", {
  additionalProperties: false,
  bannerComment: "// Made by `npm run codegen` from the engine's operations. Do not edit.",
  unreachableDefinitions: true,
  maxItems: 4,
  style: { printWidth: 120 },
});
const referenced = / \* This interface was referenced by [^\n]*\n \* via the `definition`[^\n]*\n/g;
writeFileSync(
  new URL("../src/bindings/index.ts", import.meta.url),
  source.replaceAll(referenced, "").replaceAll(/ \*\n(?= \*\/)/g, "").replaceAll(/\/\*\*\n \*\/\n/g, ""),
);
