import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { Refusal, askJSON } from "../../static/js/lib/ask.js";
import { post } from "../../static/js/lib/post.js";
import { askWhyRefused, fetchJSON } from "../../static/js/live/collections.js";

/** @param {import("node:http").Server} server */
const addressOf = (server) =>
  `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/`;
const WORDS = { failure: "Not noted", refusals: { 403: "You may not." } };
let site; // the address of a server that says `answer`
let answer;
let asked; // the requests that came

const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  asked.push({ method: request.method, headers: request.headers, body });
  response.writeHead(answer.status ?? 200, { "Content-Type": "application/json" });
  response.end(answer.text ?? JSON.stringify(answer.json ?? {}));
});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  site = addressOf(server);
});

after(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(() => {
  asked = [];
});

/** An address where nobody listens. */
async function nowhere() {
  const short = createServer();
  await new Promise((resolve) => short.listen(0, "127.0.0.1", () => resolve(null)));
  const url = addressOf(short);
  await new Promise((resolve) => short.close(resolve));
  return url;
}

test("a question is a GET for JSON, and its answer is the value", async () => {
  answer = { json: { places: [] } };
  assert.deepEqual(await askJSON(site), { places: [] });
  const [{ method, headers }] = asked;
  assert.deepEqual([method, headers.accept, headers["x-csrftoken"]], ["GET", "application/json", undefined]);
});

test("fields are posted, with the token", async () => {
  answer = {};
  await askJSON(site, {
    fields: [
      ["alert", 1],
      ["alert", 2],
    ],
    token: "t",
  });
  const [{ method, headers, body }] = asked;
  assert.deepEqual([method, headers["x-csrftoken"], body], ["POST", "t", "alert=1&alert=2"]);
});

test("a refusal has the status, and the sentence of the server if it says one", async () => {
  answer = { status: 429, json: { error: "Too many." } };
  await assert.rejects(askJSON(site), (error) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.status, error.sentence, error.message], [429, "Too many.", "Too many."]);
    return true;
  });
  for (const text of ["<html>", "null", "", '"a text"']) {
    answer = { status: 502, text };
    await assert.rejects(askJSON(site), { status: 502, sentence: null, message: "The server answered 502." });
  }
});

test("a form that was taken need not be answered in JSON", async () => {
  for (const fields of [[["since", "x"]], []]) {
    answer = { text: "<html>" };
    assert.equal(await post(site, "t", fields, WORDS), undefined);
    assert.equal(asked.at(-1).method, "POST");
  }
});

test("a form that was not taken: a sentence for each reason", async () => {
  for (const [given, sentence] of [
    [{ status: 403, json: { error: "No." } }, "You may not."],
    [{ status: 409, json: { error: "It has ended." } }, "It has ended."],
    [{ status: 409, text: "<html>" }, "Not noted: the server answered 409. Try again."],
    [{ status: 400, json: { error: "For programmers." } }, "Not noted: the server answered 400. Try again."],
    [{ status: 500, text: "<html>" }, "Not noted: the server answered 500. Try again."],
    [{ status: 503, json: { error: "The site is busy. Nothing was saved." } }, "The site is busy. Nothing was saved."],
  ]) {
    answer = given;
    await assert.rejects(post(site, "t", [], WORDS), { message: sentence });
  }
  await assert.rejects(post(await nowhere(), "t", [], WORDS), {
    message: "Not noted: the server cannot be reached. Try again.",
  });
});

test("a collection comes from the server, never from the browser's memory", async () => {
  answer = { json: { seq: 1 } };
  assert.deepEqual(await fetchJSON(site), { seq: 1 });
  assert.equal(asked[0].headers["cache-control"], "no-cache");
});

test("who may not see the map hears why; any other failure may pass", async () => {
  for (const [status, why] of [
    [401, "signed-out"],
    [403, "no-permission"],
  ]) {
    answer = { status, json: { error: "No." } };
    await assert.rejects(fetchJSON(site), { why });
    assert.equal(await askWhyRefused(site), why);
  }
  answer = { status: 503, json: {} };
  await assert.rejects(fetchJSON(site), (/** @type {any} */ error) => error.why === undefined);
  assert.equal(await askWhyRefused(site), null);
  await assert.rejects(fetchJSON(await nowhere()), (/** @type {any} */ error) => error.why === undefined);
  answer = { json: {} };
  assert.equal(await askWhyRefused(site), null);
});

test("a server that does not answer is not waited for", async () => {
  const silent = createServer(() => {});
  await new Promise((resolve) => silent.listen(0, "127.0.0.1", () => resolve(null)));
  await assert.rejects(fetchJSON(addressOf(silent), { timeoutMs: 50 }), {
    name: "TimeoutError",
  });
  silent.close();
  silent.closeAllConnections();
});
