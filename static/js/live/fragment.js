/** What the live map keeps in its address after the `#`: `map=12/56.95/-2.2&severity=HI`. Pure. */

/**
 * The values by name. Parts without a name, such as `#content`, are not ours.
 * @param {string} hash
 */
export function readFragment(hash) {
  /** @type {Map<string, string>} */
  const values = new Map();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) values.set(part.slice(0, at), decode(part.slice(at + 1)));
  }
  return values;
}

/**
 * The hash with these values changed; what is empty is left out.
 * @param {string} hash
 * @param {Record<string, string>} changes
 */
export function changeFragment(hash, changes) {
  const values = readFragment(hash);
  for (const [name, value] of Object.entries(changes)) {
    if (value) values.set(name, value);
    else values.delete(name);
  }
  return values.size ? `#${[...values].map(([name, value]) => `${name}=${encode(value)}`).join("&")}` : "";
}

/**
 * The address, with these values changed in its hash; no step for the back button.
 * @param {Record<string, string>} changes
 * @param {{location: Pick<Location, "hash" | "pathname" | "search">, history: Pick<History, "replaceState">}} [page]
 */
export function keepInAddress(changes, { location, history } = window) {
  const hash = changeFragment(location.hash, changes);
  if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
}

/** @param {string} value */
function encode(value) {
  return encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%20", "+");
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text; // not written by us
  }
}
