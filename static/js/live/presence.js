/** Who is on watch, in words. Pure. */

/**
 * @param {number} number
 * @param {string} one
 * @param {string} many
 */
const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/**
 * "3 people on watch, 4 consoles"; empty while that is not known: before the server said it, and when the page is not
 * live.
 * @param {Live.OnWatch | null} presence
 * @param {boolean} isLive
 */
export function presenceText(presence, isLive) {
  if (!presence || !isLive) return "";
  const { people, consoles } = presence;
  return `${counted(people, "person", "people")} on watch, ${counted(consoles, "console", "consoles")}`;
}
