/**
 * Drawing an area on the map of django-leaflet's widget, in step with its textarea. The widget alone would join the
 * polygons of a multipolygon into one layer, which Leaflet.draw cannot edit, and would only read the text once.
 */

import { element } from "../lib/dom.js";
import { readArea, writeArea } from "./area_text.js";
import { sayPlainly } from "./draw_words.js";
import { startAtAreas } from "./form_start.js";
import { L, onEveryMap } from "./leaflet.js";

const WAIT_MS = 300; // after the last key
const BESIDE_TOOLS = { paddingTopLeft: [60, 10], paddingBottomRight: [10, 30] };
const UNDER_WAY = "draw:editvertex draw:editmove draw:editresize draw:editstop draw:deletestop draw:drawstop";

/**
 * Call *use*(areaField) for every polygon widget of the page.
 * @param {(areaField: AreaField) => void} use
 */
export function onAreaField(use = () => {}) {
  forgiveTextThatCannotBeRead();
  sayPlainly();
  onEveryMap((map) => {
    map.on("map:loadfield", (/** @type {any} */ { field }) => {
      if (/polygon|geometry/i.test(field.options.geom_type)) use(new AreaField(map, field));
    });
  });
}

/** The widget reads its text before it says that it is there, and one that is no JSON would end it. */
function forgiveTextThatCannotBeRead() {
  if (!L.FieldStore) return;
  const { load } = L.FieldStore.prototype;
  L.FieldStore.include({
    load() {
      try {
        return load.call(this);
      } catch {
        return null;
      }
    },
  });
}

export class AreaField {
  #map;
  #field;
  #text;
  #problem = element("div", { class: "field-problem", role: "alert" });
  #timer = null;
  /** @type {(text: string) => void} */
  #onShape = () => {};

  /** *field*: the widget's L.GeometryField. */
  constructor(map, field) {
    this.#map = map;
    this.#field = field;
    this.#text = /** @type {HTMLTextAreaElement} */ (document.getElementById(field.options.fieldid));
    this.#text.after(this.#problem);
    field.options.is_collection = true; // what is drawn is added to what there is
    field.store = { load: () => null, save: () => this.#write() };
    this.#text.addEventListener("input", () => {
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#read(), WAIT_MS);
    });
    this.#text.form?.addEventListener("submit", () => this.#finish(), true);
    map.on(UNDER_WAY, () => this.#onShape(writeArea(this.#drawn())));
    map.on("draw:drawvertex", ({ layers }) => this.#onShape(writeArea([...this.#drawn(), ...begun(layers)])));
    this.#read();
    if (!this.#text.value.trim()) startAtAreas(map);
  }

  /** Have *onShape*(GeoJSON text) called with the shape as it is now and whenever it changes, while it is drawn, too. */
  follow(onShape) {
    this.#onShape = onShape;
    if (!this.#problem.textContent) this.#onShape(this.#text.value.trim());
  }

  /** Take this text as if it had been pasted. */
  fill(text) {
    this.#text.value = text;
    this.#read();
  }

  /** Say what is wrong, at the field; an empty sentence: nothing is. */
  complain(sentence) {
    this.#problem.textContent = sentence;
    this.#text.setAttribute("aria-invalid", sentence !== "");
  }

  /** Whoever sends the form means what the map shows: take over what is still being drawn or edited. */
  #finish() {
    for (const toolbar of Object.values(this.#field._drawControl?._toolbars ?? {})) {
      const handler = toolbar._activeMode?.handler;
      handler?.completeShape?.();
      handler?.save?.();
      handler?.disable();
    }
    this.#field._unsavedChanges = false;
  }

  /** From the text to the map. A text that cannot be read stays, and so does what the map shows. */
  #read() {
    let polygons;
    try {
      polygons = readArea(this.#text.value);
    } catch (error) {
      this.complain(error.message);
      this.#onShape("");
      return;
    }
    this.complain("");
    this.#onShape(this.#text.value.trim());
    const { drawnItems } = this.#field;
    drawnItems.clearLayers();
    for (const rings of polygons) drawnItems.addLayer(L.polygon(L.GeoJSON.coordsToLatLngs(rings, 1)));
    if (polygons.length) this.#map.fitBounds(drawnItems.getBounds(), { ...BESIDE_TOOLS, maxZoom: 15, animate: false });
  }

  /** From the map to the text. */
  #write() {
    this.#text.value = writeArea(this.#drawn());
    this.complain("");
    this.#onShape(this.#text.value);
  }

  /** The polygons on the map as they are now, also in the middle of an edit. */
  #drawn() {
    const { drawnItems, options } = this.#field;
    return drawnItems.getLayers().map((layer) => layer.toGeoJSON(options.precision).geometry.coordinates);
  }
}

/** The polygon that these corners (markers of the drawing tool) make already, in a list; none before there are three. */
function begun(corners) {
  const ring = corners.getLayers().map((corner) => [corner.getLatLng().lng, corner.getLatLng().lat]);
  return ring.length < 3 ? [] : [[[...ring, ring[0]]]];
}
