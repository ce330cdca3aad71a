/**
 * Whoever has a page of the site open is on watch, whichever it is: this wires the header of a page without the map, its
 * toasts, its title and its sound to the live channel. One socket a page: what else it follows comes from here, too.
 */

import { csrfToken, pageData } from "../lib/dom.js";
import { acknowledge, takeBack } from "../live/acknowledge.js";
import { isWaiting } from "../live/alert_cards.js";
import { Choices } from "../live/choices.js";
import { fetchJSON } from "../live/collections.js";
import { Handover } from "../live/handover.js";
import { lightCollections } from "../live/light.js";
import { PendingAlerts } from "../live/pending_alerts.js";
import { Announcer } from "./announcer.js";
import { Badge } from "./badge.js";
import { Bell } from "./bell.js";
import { Caller } from "./caller.js";
import { LiveChannel } from "./live_channel.js";
import { PageSigns } from "./page_signs.js";
import { PresenceLine } from "./presence.js";
import { SOUND_WORDS } from "./sound.js";
import { Toasts } from "./toasts.js";

const FEW = 500; // alerts that are left of those that are listed: if there are more, the next ones are asked for
const FIRST_LOOK_MS = 8_000; // who only passes by needs no longer sign-in

function watchFrom(config) {
  /** @type {((messages: Wire.FromServer[]) => void)[]} */
  const followers = [];
  const announcer = new Announcer(document.getElementById("announcement"));
  const announce = (text) => announcer.say(text);
  let wasAway = false;
  /** That a page has become live as it should is not worth a word on each of them. */
  const announceStatus = (text) => {
    if (text.endsWith("Connecting") || (text.endsWith("Live") && !wasAway)) return;
    wasAway = true;
    announce(text);
  };
  const notice = document.getElementById("watch-notice");
  const token = csrfToken();
  const bell = new Bell(document.getElementById("bell"));
  const signs = new PageSigns(config.icon_not_live);
  const channel = new LiveChannel(config, {
    page: "other",
    asked: config.waiting,
    fetchCollections: load,
    announce,
    onMessages: take,
    onState: draw,
    onStatus: (status) => {
      badge.show(status);
      presence.follow(status);
    },
  });
  const { clock } = channel;
  const presence = new PresenceLine(document.getElementById("presence"));
  const pending = new PendingAlerts();
  const handover = new Handover(() => window.sessionStorage, config.user);
  const left = handover.take();
  const caller = new Caller({
    choices: new Choices(() => window.localStorage, config.user),
    now: () => clock.now(),
    onChange: () => drawToasts(),
    onDraw: () => drawSound(),
    onChoose: () => {}, // the toast is there
  });
  const badge = new Badge(document.getElementById("connection"), {
    clock,
    announce: announceStatus,
    loginURL: config.login,
    onStatus: (status) => {
      signs.showStatus(status);
      if (status === "offline" || status === "signed-out") caller.callNotLive();
    },
  });
  const toasts = new Toasts(document.getElementById("toasts"), {
    addressOf: (entries) => {
      const [first, ...others] = new Set(entries.map(({ incident }) => incident));
      return others.length ? config.alerts : config.incident.replace("/0/", `/${first.split(":")[1]}/`);
    },
    acknowledge: config.may_acknowledge ? acknowledgeAll : null,
    takeBack: takeBackAll,
    dismiss: (numbers) => {
      pending.dismiss(numbers);
      drawToasts();
    },
  });
  let waiting = config.now; // what was loaded last
  let isFirst = true;
  let state = null;

  // --- what people do ---

  async function acknowledgeAll(numbers) {
    try {
      const done = await acknowledge(config.acknowledge, token, numbers);
      notice.textContent = "";
      return done;
    } catch (error) {
      notice.textContent = error.message;
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
    }
  }

  // --- what happens ---

  function draw(newState, { first }) {
    state = newState;
    const count = [...state.alerts.values()].filter(isWaiting).length;
    const isMore = waiting.more && count > FEW;
    bell.show(count, isMore);
    signs.showWaiting(count, isMore);
    presence.show(state.presence);
    caller.areas = state.areas;
    const come = first ? pending.begin(state, left) : pending.update(state);
    caller.call(come.filter(caller.concerns), drawToasts());
    if (waiting.more && count <= FEW) channel.reload();
  }

  /** Returns what is pending for this person. */
  function drawToasts() {
    if (!state) return [];
    const groups = pending.groups(state, caller.concerns);
    const news = toasts.draw(groups);
    if (news.length) announce(`New: ${news.join(". ")}`);
    return groups;
  }

  function drawSound() {
    const { state: how } = caller.sound;
    bell.showSound(how, SOUND_WORDS[how]);
  }

  function take(messages) {
    for (const follow of followers) follow(messages);
    const changes = messages.flatMap((message) => (message.type === "alert_state" ? message.alerts : []));
    const back = changes.filter(({ alert, state: how }) => how === "unacknowledged" && !state.alerts.has(alert));
    if (!back.length) return;
    pending.expectBack(back.map(({ alert }) => alert)); // they were acknowledged before this page was opened
    channel.reload();
  }

  // --- what keeps it live ---

  /** At first what the page has brought along; but who has chosen areas has to know which there are. */
  async function load() {
    if (!isFirst || caller.mine.areas) waiting = await fetchJSON(config.waiting, { timeoutMs: 20_000 });
    isFirst = false;
    return lightCollections(waiting, left?.log === waiting.log ? left.pending : []);
  }

  function start() {
    drawSound();
    window.addEventListener("pagehide", () => {
      if (state) handover.leave(pending.left(state));
    });
    channel.start(FIRST_LOOK_MS);
  }

  return {
    announce,
    now: () => clock.now(),
    /** Tell *follower* of all that comes; to be called while the page is loaded. */
    follow: (follower) => followers.push(follower),
    /** Say something to the server; whether there is a live socket to say it through. */
    say: (message) => channel.say(message),
    start,
  };
}

const config = pageData("watch");

/** null: whoever looks may not watch. */
export const pageWatch = config && watchFrom(config);
// When the page's own scripts have run: they follow what comes from the first message on.
if (pageWatch) document.addEventListener("DOMContentLoaded", () => pageWatch.start());
