/** The live map: wires the feed to the map, the panel, the toasts and the badge. */

import "../map/basemap.js";
import "../map/print.js";
import "../ui/times.js";
import { button, csrfToken, pageData } from "../lib/dom.js";
import { compareSeverity } from "../lib/severity.js";
import { postJSON } from "../lib/post.js";
import { acknowledge, takeBack } from "../live/acknowledge.js";
import { Choices } from "../live/choices.js";
import { fetchCollections } from "../live/collections.js";
import { Handover } from "../live/handover.js";
import { PendingAlerts, worstAlertFirst } from "../live/pending_alerts.js";
import { AreaLabels } from "../map/area_labels.js";
import { AreaLayer } from "../map/area_layer.js";
import { clusterGroup, keepingFanned, reveal } from "../map/clusters.js";
import { FeaturePopup } from "../map/feature_popup.js";
import { addGraticule } from "../map/graticule.js";
import { addHome } from "../map/home_control.js";
import { IncidentLayer, latLngOf } from "../map/incident_layer.js";
import { onMap } from "../map/leaflet.js";
import { boundsAround, StartView } from "../map/start_view.js";
import { keepViewInURL } from "../map/view_in_url.js";
import { WorldCopy } from "../map/world_copy.js";
import { Announcer } from "../ui/announcer.js";
import { Attention } from "../ui/attention.js";
import { Badge } from "../ui/badge.js";
import { Bell } from "../ui/bell.js";
import { FarNote } from "../ui/far_note.js";
import { takenOf } from "../ui/map_edges.js";
import { LiveChannel } from "../ui/live_channel.js";
import { MapLayers } from "../ui/map_layers.js";
import { MapNote } from "../ui/map_note.js";
import { PageSigns } from "../ui/page_signs.js";
import { Panel } from "../ui/panel.js";
import { PresenceLine } from "../ui/presence.js";
import { Toasts } from "../ui/toasts.js";
import { letRead } from "../ui/watch_gaps.js";

const CLOSE_ZOOM = 12; // at least so close does the map go to what was chosen
const config = pageData("config");

onMap("live-map", (map) => {
  const announcer = new Announcer(document.getElementById("announcement"));
  const signs = new PageSigns(config.icon_not_live);
  const channel = new LiveChannel(config, {
    asked: config.alerts,
    fetchCollections: () => fetchCollections(config),
    announce: (text) => announcer.say(text),
    onState: draw,
    onStatus: (status) => {
      badge.show(status);
      presence.follow(status);
    },
  });
  const { clock } = channel;
  const badge = new Badge(document.getElementById("connection"), {
    clock,
    announce: (text) => announcer.say(text),
    loginURL: config.login,
    onStatus: (status) => {
      signs.showStatus(status);
      if (status === "offline" || status === "signed-out") attention.callNotLive();
    },
  });
  const presence = new PresenceLine(document.getElementById("presence"));
  const bell = new Bell(document.getElementById("bell"));
  const handover = new Handover(() => window.sessionStorage, config.user);
  const frame = document.getElementById("live-map").parentElement;
  const over = { above: document.getElementById("toasts"), below: document.getElementById("map-notes") };
  let turn = () => {};
  const world = new WorldCopy(map, () => turn());
  const placeOf = (/** @type {Wire.IncidentFeature} */ feature) => world.at(latLngOf(feature));
  const popup = new FeaturePopup(map, {
    taken: () => takenOf(frame, over),
    actions: {
      alertsOf: (id) => [...state.alerts.values()].filter(({ incident }) => incident === id).sort(worstAlertFirst),
      acknowledge: config.may_acknowledge ? (numbers) => acknowledgeAll(numbers) : null,
      close: config.close ? (pk) => closeIncident(pk) : null,
      editURL: config.edit ? (pk) => config.edit.replace("/0/", `/${pk}/`) : null,
    },
    placeOf,
  });
  const openHere = (feature, latlng) => popup.open(feature, latlng, { makeRoom: true });
  const openArea = (features, latlng) => {
    const choose = ({ id }) => state.areas.has(id) && openHere(state.areas.get(id), latlng);
    if (features.length > 1) popup.offer(features, latlng, choose);
    else openHere(features[0], latlng);
  };
  const areas = new AreaLayer(map, openArea, { longitudeOf: (longitude) => world.longitude(longitude) });
  const areaLabels = new AreaLabels(map, () => areas.drawn);
  const group = clusterGroup().addTo(map);
  const around = (/** @type {() => void} */ change) => keepingFanned(group, change);
  const incidents = new IncidentLayer(group, openHere, { around, placeOf });
  turn = () => {
    incidents.turn();
    areas.turn();
    popup.turn();
  };
  addGraticule(map);
  const start = new StartView(map, config.start);
  addHome(map, config.words.home, () => start.go());
  const pending = new PendingAlerts();
  const token = csrfToken();
  let viewIsChosen = keepViewInURL(map);
  let asked = viewIsChosen ? { center: map.getCenter(), zoom: map.getZoom() } : null; // by the address, until it is moved
  let state = null;

  // --- what people do ---

  const showIncident = (feature) => {
    const place = world.approach(latLngOf(feature));
    const marker = incidents.markerOf(feature.id);
    const open = (latlng) => popup.open(state.incidents.get(feature.id) ?? feature, latlng, { makeRoom: true });
    if (marker) reveal(map, group, marker, place, CLOSE_ZOOM, open);
    else goTo(feature, place);
  };
  const showAlert = ({ incident, area }) => {
    const feature = state.incidents.get(incident);
    if (feature) showIncident(feature);
    else if (state.areas.has(area)) goTo(state.areas.get(area), areas.middleOf(area));
  };
  function goTo(feature, latlng) {
    map.setView(latlng, Math.max(map.getZoom(), CLOSE_ZOOM));
    popup.open(feature, latlng, { makeRoom: false });
  }
  function showNews(entries) {
    const first = entries.find(({ alert }) => state.alerts.has(alert)); // others were resolved meanwhile
    if (!first) return;
    panel.showAlert(first.alert); // first of all: it may take room from the map
    const open = entries.filter(({ incident }) => state.incidents.has(incident));
    const features = [...new Set(open.map(({ incident }) => incident))].map((id) => state.incidents.get(id));
    if (features.length > 1) showAll(features);
    else showAlert(first);
  }
  function showAll(features) {
    map.fitBounds(boundsAround(features), { maxZoom: CLOSE_ZOOM, padding: [40, 40] });
  }

  const notice = document.getElementById("notice");

  /** Gives those that nobody had acknowledged before; null if it failed, which is said. */
  async function acknowledgeAll(numbers) {
    panel.hold(numbers);
    try {
      const done = await acknowledge(config.acknowledge, token, numbers);
      notice.textContent = "";
      panel.letUndo(done, numbers);
      return done;
    } catch (error) {
      notice.textContent = error.message;
      panel.release(numbers);
      return null;
    }
  }

  async function takeBackAll(numbers) {
    try {
      const done = await takeBack(config.take_back, token, numbers);
      notice.textContent = done.length ? "" : "Not taken back: it is too late, or the incident has changed.";
      return done.length > 0;
    } catch (error) {
      notice.textContent = error.message;
      return false;
    } finally {
      panel.release(numbers);
    }
  }

  async function closeIncident(pk) {
    const words = { failure: "Not done", refusals: {} };
    const undo = async (closed_at) => {
      try {
        const { said } = await postJSON(config.undo_close, token, [["closed_at", closed_at]], words);
        notice.textContent = said;
      } catch (error) {
        notice.textContent = error.message;
      }
    };
    try {
      const { said, closed_at } = await postJSON(config.close, token, [["incident", pk]], words);
      const offer = button("btn btn-sm btn-outline-secondary", "Undo", () => undo(closed_at));
      notice.replaceChildren(said, ...(closed_at ? [" ", offer] : []));
    } catch (error) {
      notice.textContent = error.message;
    }
  }

  const panel = new Panel(map, {
    chooseIncident: showIncident,
    chooseAlert: showAlert,
    acknowledge: config.may_acknowledge ? acknowledgeAll : null,
    takeBack: takeBackAll,
    serverNow: () => clock.serverNow(),
    concerns: () => attention.concerns,
    announce: (text) => announcer.say(text),
    onListed: () => drawIncidents(),
    placeOf,
  });
  const mapNote = new MapNote(document.getElementById("map-note"), { onChoose: () => panel.showFilter() });
  const farNote = new FarNote(document.getElementById("far-note"), map, {
    placeOf,
    onChoose: (features) => (features.length > 1 ? showAll(features) : showIncident(features[0])),
  });
  const toasts = new Toasts(over.above, {
    show: showNews,
    acknowledge: config.may_acknowledge ? acknowledgeAll : null,
    takeBack: takeBackAll,
    dismiss: (numbers) => {
      pending.dismiss(numbers);
      drawToasts();
    },
  });
  const choices = new Choices(() => window.localStorage, config.user);
  const hidden = config.tiles ? ["graticule"] : [];
  new MapLayers(document.getElementById("map-layers"), frame, { choices, hidden });
  const attention = new Attention(document.getElementById("attention"), {
    choices,
    now: () => clock.now(),
    onChange: () => {
      drawToasts();
      panel.followMine();
    },
    onChoose: showNews,
    onSound: (how, words) => bell.showSound(how, words),
  });

  const gaps = document.getElementById("watch-gaps");
  if (gaps) {
    letRead(gaps, { url: config.gaps_read, token, onGone: () => document.getElementById("content").focus() });
  }

  // --- what happens ---

  function draw(newState, { first }) {
    state = newState;
    const waiting = waitingAlerts();
    attention.showAreas(state.areas); // what is mine is among them
    panel.draw(state);
    start.follow(state);
    if (first) showAtFirst(); // after the panel, which takes its room from the map on a phone
    areas.draw(state.areas, worstByArea(waiting));
    areaLabels.draw();
    drawIncidents(waiting);
    presence.show(state.presence);
    const come = first ? pending.begin(state, handover.take()) : pending.update(state);
    attention.call(come.filter(attention.concerns), drawToasts());
    signs.showWaiting(waiting.length);
    bell.show(waiting.length);
  }

  function waitingAlerts() {
    return [...state.alerts.values()].filter((entry) => entry.state === "unacknowledged");
  }

  /** The severity's code of the worst of these alerts in each area. */
  function worstByArea(entries) {
    const worst = new Map();
    for (const entry of entries) {
      if (!worst.has(entry.area) || compareSeverity(entry, worst.get(entry.area)) < 0) worst.set(entry.area, entry);
    }
    return new Map([...worst].map(([id, { severity_code }]) => [id, severity_code]));
  }

  /** The map shows the incidents that the panel lists, in whatever part of the map they are. */
  function drawIncidents(waiting = waitingAlerts()) {
    const { listed, isFiltered } = panel;
    incidents.draw(listed, new Set(waiting.map((entry) => entry.incident)));
    mapNote.show(listed.size, state.incidents.size, { filtered: isFiltered });
    farNote.show(start.far(listed.values()));
    popup.follow((id) => listed.get(id) ?? state.areas.get(id));
  }

  /** Returns what is pending for this person. */
  function drawToasts() {
    if (!state) return [];
    const groups = pending.groups(state, attention.concerns);
    const news = toasts.draw(groups);
    if (news.length) announcer.say(`New: ${news.join(". ")}`);
    return groups;
  }

  /** The view that the address asks for, or where the map starts; but what somebody has moved already stays. */
  function showAtFirst() {
    map.invalidateSize({ pan: false });
    if (asked) map.setView(asked.center, asked.zoom, { animate: false });
    else if (!viewIsChosen) start.go({ animate: false });
  }
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  // by hand, by key, or by another address
  map.once("movestart", () => {
    viewIsChosen = true;
    asked = null;
  });

  // --- what keeps it live ---

  window.addEventListener("pagehide", () => {
    if (state) handover.leave(pending.left(state));
  });
  channel.start();
});
