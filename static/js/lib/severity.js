/** The five severities, worst first: shape and letter and colour, the same everywhere. */

const SVG = "http://www.w3.org/2000/svg";

// Shapes in a 24 x 24 box; the colours are in tracker.css, by class.
/** @type {Record<string, {letter: string, path: string, middle: number}>} */
const SEVERITIES = {
  UR: { letter: "U", path: "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z", middle: 12 }, // octagon
  HI: { letter: "H", path: "M12 .5 24 22.5H0z", middle: 16 }, // triangle
  ME: { letter: "M", path: "M12 .5 23.5 12 12 23.5.5 12z", middle: 12 }, // diamond
  LO: { letter: "L", path: "M2.5 2.5h19v19h-19z", middle: 12 }, // square
  IN: { letter: "I", path: "M12 1.5a10.5 10.5 0 1 1 0 21 10.5 10.5 0 0 1 0-21z", middle: 12 }, // circle
};
const RANK = Object.fromEntries(Object.keys(SEVERITIES).map((code, rank) => [code, rank]));

/**
 * Compare two things that have a severity: the worse comes first.
 * @param {{severity_code: string}} a
 * @param {{severity_code: string}} b
 */
export function compareSeverity(a, b) {
  return RANK[a.severity_code] - RANK[b.severity_code];
}

/**
 * An SVG of the shape with its letter. It is decoration: the word stands beside it, or names what holds it.
 * @param {string} code
 */
export function severityIcon(code) {
  const { letter, path, middle } = SEVERITIES[code] ?? SEVERITIES.IN;
  const icon = svg("svg", { viewBox: "-1 -1 26 26", class: `severity-icon severity-${code}`, "aria-hidden": "true" });
  const text = svg("text", { x: 12, y: middle, "text-anchor": "middle", "dominant-baseline": "central" });
  text.textContent = letter;
  icon.append(svg("path", { d: path }), text);
  return icon;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
