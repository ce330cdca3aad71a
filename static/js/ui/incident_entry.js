/** An open incident in the panel, in two lines. */

import { ageElement } from "../lib/age.js";
import { button, element } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { severityIcon } from "../lib/severity.js";
import { dot, noteLine, severityName } from "./entry_parts.js";

/** {node, update(feature)}; *serverNow*() gives ms. */
export function incidentEntry({ id }, { onChoose, serverNow }) {
  let current;
  const opener = button("entry-open", "", () => onChoose(current));
  const details = element("a", { class: "entry-link" }, "Details");
  const line = element("div", { class: "entry-line" });
  const node = element("li", { class: "entry", "data-incident": id }, opener, line);

  function update(feature) {
    current = feature;
    const { name, place, severity, severity_code, created, url } = feature.properties;
    node.className = `entry severity-${severity_code}`;
    opener.replaceChildren(severityIcon(severity_code), severityName(severity, isolated(name)));
    opener.title = place;
    details.href = url;
    details.setAttribute("aria-label", `Details: ${isolated(name)}`);
    line.replaceChildren(noteLine(isolated(place), ageElement(created, serverNow())), dot(), details);
  }

  return { node, update };
}
