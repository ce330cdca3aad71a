/** What the live map's filter lists: {features, searches} on standard input, the names found for each search on standard output. */

import { readFileSync } from "node:fs";
import { ALL, compile } from "../../static/js/live/filters.js";

const { features, searches } = JSON.parse(readFileSync(0, "utf8"));
const hits = searches.map((text) => {
  const { incident } = compile({ ...ALL, text }, { now: 0, isIn: () => false });
  return features.filter(incident).map(({ properties }) => properties.name);
});
process.stdout.write(JSON.stringify(hits));
