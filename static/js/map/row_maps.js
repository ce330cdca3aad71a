/** The small maps of a list: land and coasts under all its rows, faint, and this row, strong. Drawn when they are seen. */

import { drawLand, drawLines, Frame, loadedWorld, palette } from "./basemap.js";
import { onColourScheme } from "./colour_scheme.js";
import { frameOf, pixelX, shapeOf } from "./row_frame.js";

const TILE_PX = 256; // what a Frame counts in
const DOT_PX = 5;
const FAINT_DOT_PX = 2.5;
const SMALLEST_PX = 8; // an area that is drawn smaller than this gets a ring around it
const SEEN_BEFORE = "200px";

export class RowMaps {
  #canvases;
  #shapes; // by the number of the row
  #frame;
  #seen = new Set();
  #ground = null; // what all rows have in common, drawn once

  /** *canvases* with data-place; *places*: GeoJSON geometries by that number. */
  constructor(canvases, places) {
    this.#canvases = canvases.filter((canvas) => canvas.dataset.place in places);
    this.#shapes = new Map(Object.entries(places).map(([number, geometry]) => [number, shapeOf(geometry)]));
    const [first] = canvases;
    if (!first) return;
    this.#frame = frameOf([...this.#shapes.values()], { width: first.width, height: first.height });
    this.size = { width: first.width, height: first.height };
    this.#watch();
  }

  #watch() {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
          observer.unobserve(target);
          this.#seen.add(target);
          this.#draw(target);
        }
      },
      { rootMargin: SEEN_BEFORE },
    );
    for (const canvas of this.#canvases) observer.observe(canvas);
    onColourScheme(() => {
      this.#ground = null;
      for (const canvas of this.#seen) this.#draw(canvas);
    });
  }

  async #draw(canvas) {
    const world = await loadedWorld().catch(() => null); // without it the rows are drawn on plain land
    this.#ground ??= this.#drawGround(world);
    const sharpness = window.devicePixelRatio || 1;
    canvas.width = this.size.width * sharpness;
    canvas.height = this.size.height * sharpness;
    const context = canvas.getContext("2d");
    context.drawImage(this.#ground, 0, 0);
    context.scale(sharpness, sharpness);
    const colours = getComputedStyle(canvas);
    this.#drawShape(context, this.#shapes.get(canvas.dataset.place), {
      fill: colours.getPropertyValue("--fill").trim() || "#5d6670",
      line: colours.getPropertyValue("--stroke").trim() || "#5d6670",
      outline: colours.getPropertyValue("--marker-outline").trim() || "#1b2126",
    });
    canvas.dataset.drawn = "";
  }

  #drawGround(world) {
    const sharpness = window.devicePixelRatio || 1;
    const ground = document.createElement("canvas");
    ground.width = this.size.width * sharpness;
    ground.height = this.size.height * sharpness;
    const context = ground.getContext("2d");
    context.scale(sharpness, sharpness);
    const colours = palette();
    context.fillStyle = world ? colours.sea : colours.land;
    context.fillRect(0, 0, this.size.width, this.size.height);
    if (world) {
      for (const frame of this.#frames()) {
        drawLand(context, world.land, frame, colours.land);
        drawLines(context, world.coasts, frame, colours.coast);
        drawLines(context, world.borders, frame, colours.border);
      }
    }
    for (const shape of this.#shapes.values()) this.#drawFaint(context, shape, colours.name);
    return ground;
  }

  /** The frame, and again a world to the east if it reaches beyond the edge. */
  #frames() {
    const { left, top, scale } = this.#frame;
    const zoom = Math.log2(scale / TILE_PX);
    const at = left - Math.floor(left);
    const starts = at + this.size.width / scale > 1 ? [at, at - 1] : [at];
    return starts.map((start) => new Frame((start * scale) / TILE_PX, (top * scale) / TILE_PX, zoom));
  }

  #drawFaint(context, shape, colour) {
    context.globalAlpha = 0.45;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 1;
    if (isPoint(shape)) {
      this.#dot(context, shape, FAINT_DOT_PX);
      context.fill();
    } else {
      this.#outline(context, shape);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #drawShape(context, shape, { fill, line, outline }) {
    context.lineWidth = 1.5;
    if (isPoint(shape)) {
      context.fillStyle = fill;
      context.strokeStyle = outline;
      this.#dot(context, shape, DOT_PX);
      context.fill();
      context.stroke();
      return;
    }
    context.strokeStyle = context.fillStyle = line;
    this.#outline(context, shape);
    context.globalAlpha = 0.25;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.stroke();
    for (const box of shape.boxes) {
      const across = Math.max(box.east - box.west, box.south - box.north) * this.#frame.scale;
      if (across >= SMALLEST_PX) continue;
      context.beginPath();
      context.arc(
        ...this.#pixel([(box.west + box.east) / 2, (box.north + box.south) / 2]),
        SMALLEST_PX,
        0,
        2 * Math.PI,
      );
      context.stroke();
    }
  }

  #dot(context, shape, radius) {
    context.beginPath();
    context.arc(...this.#pixel(shape.polygons[0][0][0]), radius, 0, 2 * Math.PI);
  }

  #outline(context, { polygons, boxes }) {
    context.beginPath();
    polygons.forEach((rings, n) => {
      // Of the copies of the world the one in which the part begins in the frame; a part never crosses the antimeridian.
      const shift = pixelX(boxes[n].west, this.#frame) - boxes[n].west * this.#frame.scale;
      for (const ring of rings) {
        ring.forEach(([x, y], i) => {
          const at = [x * this.#frame.scale + shift, (y - this.#frame.top) * this.#frame.scale];
          if (i) context.lineTo(...at);
          else context.moveTo(...at);
        });
        context.closePath();
      }
    });
  }

  #pixel([x, y]) {
    return [pixelX(x, this.#frame), (y - this.#frame.top) * this.#frame.scale];
  }
}

function isPoint(shape) {
  return shape.polygons[0]?.[0]?.length === 1;
}
