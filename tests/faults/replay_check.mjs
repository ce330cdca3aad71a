/**
 * Does a snapshot and the messages after it give what a fresh snapshot gives? Asked of the page's own store.
 *
 * Reads {"fresh": snapshot, "messages": [...], "clients": [{"name", "snapshot", "messages": [index, ...]}]} and writes a
 * list of differences.
 */

import { isDeepStrictEqual } from "node:util";
import { text } from "node:stream/consumers";

import { apply, fromSnapshot } from "../../static/js/live/store.js";

const { fresh, messages, clients } = JSON.parse(await text(process.stdin));
const should = fromSnapshot(fresh);
const differences = [];
for (const { name, snapshot, messages: handled } of clients) {
  const state = apply(fromSnapshot(snapshot), handled.map((index) => messages[index]));
  for (const collection of ["incidents", "areas", "alerts"]) {
    for (const key of new Set([...state[collection].keys(), ...should[collection].keys()])) {
      const [has, wants] = [state[collection].get(key), should[collection].get(key)];
      if (isDeepStrictEqual(has, wants)) continue;
      differences.push(`${name}: ${collection} ${key} is ${JSON.stringify(has)}, should be ${JSON.stringify(wants)}`);
    }
  }
}
process.stdout.write(JSON.stringify(differences));
