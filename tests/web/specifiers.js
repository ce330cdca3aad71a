/** What modules import, as V8 reads them: a list of paths on standard input, {path: [specifier, …]} on standard output. */

import { readFileSync } from "node:fs";
import vm from "node:vm";

const paths = JSON.parse(readFileSync(0, "utf8"));
const read = (path) => new vm.SourceTextModule(readFileSync(path, "utf8"), { identifier: path }).dependencySpecifiers;
process.stdout.write(JSON.stringify(Object.fromEntries(paths.map((path) => [path, [...read(path)]]))));
