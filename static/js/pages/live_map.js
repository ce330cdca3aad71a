/** The live map: wires the feed to the map, the panel, the toasts and the badge. */

import "../map/basemap.js";
import { csrfToken, pageData } from "../lib/dom.js";
import { acknowledge } from "../live/acknowledge.js";
import { Choices } from "../live/choices.js";
import { askWhyRefused, fetchCollections } from "../live/collections.js";
import { Connection } from "../live/connection.js";
import { Feed } from "../live/feed.js";
import { PendingAlerts } from "../live/pending_alerts.js";
import { AreaLayer, boundsOf } from "../map/area_layer.js";
import { clusterGroup, keepingFanned, reveal } from "../map/clusters.js";
import { FeaturePopup } from "../map/feature_popup.js";
import { IncidentLayer, latLngOf } from "../map/incident_layer.js";
import { L, onMap } from "../map/leaflet.js";
import { keepViewInURL } from "../map/view_in_url.js";
import { Announcer } from "../ui/announcer.js";
import { Attention } from "../ui/attention.js";
import { Badge } from "../ui/badge.js";
import { takenOf } from "../ui/map_edges.js";
import { MapNote } from "../ui/map_note.js";
import { Panel } from "../ui/panel.js";
import { PresenceLine } from "../ui/presence.js";
import { Toasts } from "../ui/toasts.js";
import { letRead } from "../ui/watch_gaps.js";

const CLOSE_ZOOM = 12; // at least so close does the map go to what was chosen
const config = pageData("config");
const timers = {
  setTimeout: (action, ms) => window.setTimeout(action, ms),
  clearTimeout: (/** @type {number} */ timer) => window.clearTimeout(timer),
  now: () => Date.now(),
};

onMap("live-map", (map) => {
  const announcer = new Announcer(document.getElementById("announcement"));
  const badge = new Badge(document.getElementById("connection"), {
    announce: (text) => announcer.say(text),
    loginURL: config.login,
  });
  const presence = new PresenceLine(document.getElementById("presence"));
  const frame = document.getElementById("live-map").parentElement;
  const over = { above: document.getElementById("toasts"), below: document.getElementById("map-note") };
  const popup = new FeaturePopup(map, { taken: () => takenOf(frame, over) });
  const openHere = (feature, latlng) => popup.open(feature, latlng, { makeRoom: true });
  const areas = new AreaLayer(map, openHere);
  const group = clusterGroup().addTo(map);
  const incidents = new IncidentLayer(group, openHere, { around: (change) => keepingFanned(group, change) });
  const pending = new PendingAlerts();
  const title = document.title;
  const token = csrfToken();
  let viewIsChosen = keepViewInURL(map);
  let asked = viewIsChosen ? { center: map.getCenter(), zoom: map.getZoom() } : null; // by the address, until it is moved
  let state = null;

  // --- what people do ---

  const showIncident = (feature) => {
    const marker = incidents.markerOf(feature.id);
    const open = (latlng) => popup.open(state.incidents.get(feature.id) ?? feature, latlng, { makeRoom: true });
    if (marker) reveal(map, group, marker, latLngOf(feature), CLOSE_ZOOM, open);
    else goTo(feature, latLngOf(feature));
  };
  const showAlert = ({ incident, area }) => {
    const feature = state.incidents.get(incident);
    if (feature) showIncident(feature);
    else if (state.areas.has(area)) goTo(state.areas.get(area), boundsOf(state.areas.get(area)).getCenter());
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
    if (new Set(open.map(({ incident }) => incident)).size > 1) showAll(open);
    else showAlert(first);
  }
  function showAll(entries) {
    const bounds = L.latLngBounds(entries.map(({ incident }) => latLngOf(state.incidents.get(incident))));
    map.fitBounds(bounds, { maxZoom: CLOSE_ZOOM, padding: [40, 40] });
  }

  async function acknowledgeAll(numbers) {
    const notice = document.getElementById("notice");
    try {
      await acknowledge(config.acknowledge, token, numbers);
      notice.textContent = "";
    } catch (error) {
      notice.textContent = error.message;
    }
  }

  const panel = new Panel(map, {
    chooseIncident: showIncident,
    chooseAlert: showAlert,
    acknowledge: config.may_acknowledge ? (number) => acknowledgeAll([number]) : null,
    announce: (text) => announcer.say(text),
    onListed: () => drawIncidents(),
  });
  const mapNote = new MapNote(over.below, { onChoose: () => panel.showFilter() });
  const toasts = new Toasts(over.above, {
    show: showNews,
    acknowledge: config.may_acknowledge ? acknowledgeAll : null,
    dismiss: (numbers) => {
      pending.dismiss(numbers);
      drawToasts();
    },
  });
  const attention = new Attention(document.getElementById("attention"), {
    choices: new Choices(() => window.localStorage, config.user),
    onChange: () => drawToasts(),
    onChoose: showNews,
  });

  const gaps = document.getElementById("watch-gaps");
  if (gaps) {
    letRead(gaps, { url: config.gaps_read, token, onGone: () => document.getElementById("content").focus() });
  }

  // --- what happens ---

  function draw(newState, { first }) {
    state = newState;
    const waiting = waitingAlerts();
    panel.draw(state);
    if (first) showAtFirst(); // after the panel, which takes its room from the map on a phone
    areas.draw(state.areas, new Set(waiting.map((entry) => entry.area)));
    drawIncidents(waiting);
    presence.show(state.presence);
    attention.showAreas(state.areas);
    const come = pending.update(state, { silently: first }).filter(attention.concerns);
    attention.call(come, drawToasts());
    const newTitle = waiting.length ? `(${waiting.length}) ${title}` : title;
    if (document.title !== newTitle) document.title = newTitle;
  }

  function waitingAlerts() {
    return [...state.alerts.values()].filter((entry) => entry.state === "unacknowledged");
  }

  /** The map shows the incidents that the panel lists, in whatever part of the map they are. */
  function drawIncidents(waiting = waitingAlerts()) {
    const { listed, isFiltered } = panel;
    incidents.draw(listed, new Set(waiting.map((entry) => entry.incident)));
    mapNote.show(listed.size, state.incidents.size, { filtered: isFiltered });
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

  /** The view that the address asks for, or everything; but what somebody has moved already stays. */
  function showAtFirst() {
    map.invalidateSize({ pan: false });
    if (asked) map.setView(asked.center, asked.zoom, { animate: false });
    else if (!viewIsChosen) showEverything();
  }

  function showEverything() {
    const bounds = L.latLngBounds([]);
    for (const feature of state.incidents.values()) bounds.extend(latLngOf(feature));
    for (const feature of state.areas.values()) bounds.extend(boundsOf(feature));
    if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 14, animate: false });
  }
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  // by hand, by key, or by another address
  map.once("movestart", () => {
    viewIsChosen = true;
    asked = null;
  });

  // --- what keeps it live ---

  const socket = new URL(config.socket, window.location.href);
  socket.protocol = socket.protocol.replace("http", "ws");
  const feed = new Feed({
    fetchCollections: () => fetchCollections(config),
    connect: (callbacks) =>
      new Connection({
        address: socket.href,
        WebSocket: window.WebSocket,
        timers,
        random: Math.random,
        probe: () => askWhyRefused(config.alerts),
        ...callbacks,
      }),
    timers,
    random: Math.random,
    onState: draw,
    onStatus: (status) => {
      badge.show(status);
      presence.follow(status);
    },
  });
  window.addEventListener("online", () => feed.retryNow());
  window.addEventListener("pageshow", () => feed.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) feed.retryNow();
  });
  feed.start();
});
