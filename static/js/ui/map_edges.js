/** What lies over the edges of the map, so that a popup can make room for itself beside it. */

const GAP_PX = 8;

/**
 * {left, top, right, bottom} in pixels, as far as it is taken.
 * @param frame    the element that the map fills
 * @param above    what lies over its upper edge, or, if that leaves half of the width free, over its right one
 * @param below    what lies over its lower edge
 */
export function takenOf(frame, { above, below }) {
  const map = frame.getBoundingClientRect();
  const taken = { left: GAP_PX, top: GAP_PX, right: GAP_PX, bottom: GAP_PX };
  const zoom = frame.querySelector(".leaflet-control-zoom");
  if (zoom) taken.left = zoom.getBoundingClientRect().right - map.left + GAP_PX;
  if (above.childElementCount) {
    const { left, bottom } = above.getBoundingClientRect();
    if (left - map.left < map.width / 2) taken.top = bottom - map.top + GAP_PX;
    else taken.right = map.right - left + GAP_PX;
  }
  if (below.querySelector(":scope > :not([hidden])"))
    taken.bottom = map.bottom - below.getBoundingClientRect().top + GAP_PX;
  return taken;
}
