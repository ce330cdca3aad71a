/** The panel's filters as a form, kept in the page's address, so that a reload and a link that is passed on show the same. */

import { element } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { ALL, areaId, describeFilters, fromFragment, isActive } from "../live/filters.js";
import { keepInAddress, readFragment } from "../live/fragment.js";
import { SeverityChips } from "./severity_chips.js";

const TYPING_MS = 200;

export class FilterForm {
  #form;
  #section;
  #chips;
  #onChange;
  #areas = new Map();
  #filters = ALL;
  #typing = null;
  #now = document.getElementById("filters-now");
  #result = document.getElementById("filter-result");
  #showAll = document.getElementById("filters-off");

  /** *form* has a field for each filter, by its name; *onChange*() after somebody has changed one. */
  constructor(form, { onChange }) {
    this.#form = form;
    this.#section = form.querySelector("details");
    this.#onChange = onChange;
    this.#chips = new SeverityChips(form.querySelector(".severity-chips"), {
      onChoose: (severity) => {
        form.elements.severity.value = severity;
        this.#read(); // with what somebody is typing
      },
    });
    this.#take(fromFragment(readFragment(window.location.hash)));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      window.clearTimeout(this.#typing);
      if (event.target.name === "text") this.#typing = window.setTimeout(() => this.#read(), TYPING_MS);
      else this.#read();
    });
    this.#showAll.addEventListener("click", () => {
      this.clear();
      this.#section.querySelector("summary").focus(); // the button is gone
    });
    window.addEventListener("hashchange", () => {
      const values = readFragment(window.location.hash);
      const isOurs = ["map", ...Object.keys(ALL)].some((name) => values.has(name)); // and not #content
      if (isOurs) this.#change(fromFragment(values));
    });
  }

  get filters() {
    return this.#filters;
  }

  clear() {
    this.#change(ALL);
  }

  /** Open the form, with the focus on what opens it. */
  focus() {
    this.#section.open = true;
    this.#section.scrollIntoView({ block: "nearest" });
    this.#section.querySelector("summary").focus({ preventScroll: true });
  }

  /** Offer these areas (Map by Feature id). */
  showAreas(areas) {
    this.#areas = areas;
    this.#offerAreas();
    this.#draw();
  }

  /** How many incidents of each severity are open, by its code. */
  showCounts(counts) {
    this.#chips.showCounts(counts);
  }

  /** Say how many of how many are listed. */
  showResult(text) {
    const shown = isActive(this.#filters) ? text : "";
    if (this.#result.textContent !== shown) this.#result.textContent = shown;
  }

  #read() {
    const field = (name) => this.#form.elements[name].value;
    const values = new Map(Object.keys(ALL).map((name) => [name, field(name)]));
    this.#change(fromFragment(values), { keepFields: true }); // somebody is at them
  }

  #change(filters, { keepFields = false } = {}) {
    if (Object.keys(ALL).every((name) => filters[name] === this.#filters[name])) return;
    this.#take(filters, keepFields);
    keepInAddress(filters);
    this.#onChange();
  }

  #take(filters, keepFields = false) {
    this.#filters = filters;
    this.#offerAreas();
    if (!keepFields) for (const name of Object.keys(ALL)) put(this.#form.elements[name], filters[name]);
    this.#draw();
  }

  #offerAreas() {
    const select = this.#form.elements.area;
    const { area } = this.#filters;
    const offered = [...this.#areas.values()]
      .map(({ properties }) => [String(properties.pk), properties.name])
      .sort((a, b) => a[1].localeCompare(b[1]));
    if (area && !this.#areas.has(areaId(this.#filters))) offered.push([area, `Area ${area} (not there)`]);
    const options = [...select.options].slice(1);
    const isOffered = ({ value, text }, n) => value === offered[n][0] && text === isolated(offered[n][1]);
    if (options.length === offered.length && options.every(isOffered)) return;
    select.replaceChildren(
      select.options[0],
      ...offered.map(([value, name]) => element("option", { value }, isolated(name))),
    );
    select.value = area;
  }

  #draw() {
    const areaName = this.#areas.get(areaId(this.#filters))?.properties.name;
    this.#now.textContent = describeFilters(this.#filters, areaName);
    this.#showAll.hidden = !isActive(this.#filters);
    this.#section.classList.toggle("is-active", isActive(this.#filters));
    this.#chips.showChosen(this.#filters.severity);
  }
}

/** Give a field its value, or choose among radio buttons, whose list takes no empty value. */
function put(field, value) {
  if (field instanceof RadioNodeList) for (const radio of field) radio.checked = radio.value === value;
  else field.value = value;
}
