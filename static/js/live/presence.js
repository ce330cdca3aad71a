/** Who is on watch, in words. Pure. */

/**
 * "3 on watch", the names, and what cannot be named; null while that is not known: before the server said it, and when
 * the page is not live.
 * @param {Live.OnWatch | null} presence
 * @param {boolean} isLive
 */
export function presenceWords(presence, isLive) {
  if (!presence || !isLive) return null;
  const { people, consoles, who } = presence;
  const unnamed = people - who.length;
  return {
    count: String(people),
    rest: " on watch",
    lines: who.map(({ name, on_map }) => ({ name, where: on_map ? "on the map" : "on another page" })),
    more: unnamed > 0 ? `${who.length ? "and " : ""}${unnamed} more` : "",
    maps: `${consoles} live ${consoles === 1 ? "map" : "maps"} open`,
  };
}
