/** An open incident in the panel. */

import { button, element, timeElement } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { severityIcon } from "../lib/severity.js";

/** {node, update(feature)}. */
export function incidentEntry({ id }, { onChoose }) {
  let current;
  const opener = button("entry-open", "", () => onChoose(current));
  const details = element("a", { class: "entry-link" }, "Details");
  const node = element("li", { class: "entry", "data-incident": id }, opener, details);

  function update(feature) {
    current = feature;
    const { name, severity, severity_code, created, url } = feature.properties;
    node.className = `entry severity-${severity_code}`;
    opener.replaceChildren(
      severityIcon(severity_code),
      element("span", { class: "entry-name" }, `${severity}: ${isolated(name)}`),
      element("span", { class: "entry-note" }, timeElement(created)),
    );
    details.href = url;
    details.setAttribute("aria-label", `Details: ${isolated(name)}`);
  }

  return { node, update };
}
