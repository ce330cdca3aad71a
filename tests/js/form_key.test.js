import assert from "node:assert/strict";
import { test } from "node:test";

import { keepKey } from "../../static/js/lib/form_key.js";

/** A place in a browser's history. */
class Place {
  constructor(state = null) {
    this.state = state;
  }

  replaceState(state) {
    this.state = state;
  }
}

test("a form that is loaded again by “back” has the key that it had first", () => {
  const place = new Place();
  keepKey({ value: "first" }, place);
  const again = { value: "second" };
  keepKey(again, place);
  assert.equal(again.value, "first");
});

test("another place in the history has a key of its own", () => {
  keepKey({ value: "first" }, new Place());
  const other = { value: "second" };
  keepKey(other, new Place());
  assert.equal(other.value, "second");
});

test("what else the place keeps stays, and what is no key is none", () => {
  const place = new Place({ view: 7, formKey: 3 });
  const field = { value: "first" };
  keepKey(field, place);
  assert.equal(field.value, "first");
  assert.deepEqual(place.state, { view: 7, formKey: "first" });
});

test("a form without a key is left alone", () => {
  const place = new Place();
  keepKey(null, place);
  assert.equal(place.state, null);
});
