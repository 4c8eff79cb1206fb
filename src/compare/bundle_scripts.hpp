#pragma once

#include <string_view>

// What Node runs for compare. Of their own, so that they can be read as JavaScript.

namespace ballast {

// node bundle.mjs ESBUILD REQUEST RESULT: builds what the JSON of REQUEST says, writes what esbuild says.
inline constexpr std::string_view k_bundle_script = R"js(
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
const [, , directory, request, result] = process.argv;
const esbuild = createRequire(import.meta.url)(directory);
const { options } = JSON.parse(readFileSync(request, "utf8"));
const place = (at) => at && { file: at.file, line: at.line, text: at.lineText };
const plain = (messages) => messages.map((one) => ({ id: one.id, text: one.text, at: place(one.location) }));
let said;
try {
  const built = await esbuild.build(options);
  said = { errors: [], warnings: plain(built.warnings), inputs: Object.keys(built.metafile.inputs),
    output: Object.entries(built.metafile.outputs).filter(([path, one]) => one.entryPoint)
      .map(([path]) => resolve(options.absWorkingDir, path))[0] };
} catch (error) {
  said = { errors: error.errors ? plain(error.errors) : [{ id: "", text: String(error.message ?? error) }] };
}
writeFileSync(result, JSON.stringify(said));
)js";

// node load.cjs ENTRY HOW: loads a module as Lambda's runtime does before the first request, and ends.
// CommonJS by require(): import() looks through the text for its exports first, seconds for a large bundle in
// one line.
inline constexpr std::string_view k_load_script = R"js(
const { pathToFileURL } = require("node:url");
const [, , entry, how] = process.argv;
const loaded = how === "module" ? import(pathToFileURL(entry).href) : Promise.resolve(require(entry));
loaded.then(() => process.exit(0));
)js";

}  // namespace ballast
