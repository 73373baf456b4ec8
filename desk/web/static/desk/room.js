// The war room: its parts follow the live line, what concerns the crisis at once and tickets every few seconds, and
// whoever looks is told to the others. On a wall it also ticks and says when it is not live.
import { offHand } from "./hands.js";
import { count } from "./lapses.js";
import { put } from "./put.js";

const room = document.querySelector("[data-room]");
const body = document.body.dataset;
const me = { crisis: room.dataset.room };
const REST = 4_000; // between two looks at the figures
const SOON = 150; // a step of the crisis comes as several events
const EACH = 60_000; // also when nothing is told: the clocks of those who wait go on
const HERE = 20_000; // the desk forgets somebody who was silent for 45 s
let waits = 0;
let due = Infinity;
let looking = false;
let bringing = false;

function look(within) {
  const at = Date.now() + within;
  if (at >= due) return;
  due = at;
  clearTimeout(waits);
  waits = setTimeout(again, within);
}

async function again() {
  if (looking) return void (waits = setTimeout(again, SOON));
  due = Infinity;
  looking = true;
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
  looking = false;
  if (!answer?.ok || answer.redirected) return; // the lost line tells the reader
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.querySelector("[data-old]")) look(REST / 4); // another screen asked first, and new figures are on their way
  offHand(() => draw(fresh));
}

function draw(fresh) {
  for (const part of fresh.querySelectorAll("[data-room-part]")) {
    const there = document.getElementById(part.id);
    if (there && there.outerHTML !== part.outerHTML) put(there, part); // made and escaped by the desk
  }
  tick();
}

/** A swarm that was opened since this page was: its part, and what makes it live, as a page that is loaded now has them. */
async function swarm() {
  if (bringing || document.querySelector("[data-thread]") || line) return;
  bringing = true;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  const fresh = answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
  const talk = fresh && fresh.getElementById("room-talk");
  bringing = false;
  if (!talk) return; // it is over already, or not for this reader
  for (const sheet of fresh.querySelectorAll('link[rel="stylesheet"]')) {
    if (!document.querySelector(`link[href="${CSS.escape(sheet.getAttribute("href"))}"]`)) document.head.append(sheet);
  }
  room.append(talk); // made and escaped by the desk
  const way = fresh.querySelector('.room-ways [href="#room-talk"]');
  if (way) document.querySelector(".room-ways")?.lastElementChild.before(way);
  await import(talk.dataset.script);
}

document.addEventListener("live:thread", ({ detail }) => String(detail.crisis ?? "") === me.crisis && swarm());
document.addEventListener("live:resync", swarm);
document.addEventListener("live:tickets", () => look(REST));
document.addEventListener("live:reply", () => look(REST));
document.addEventListener("live:crisis", ({ detail }) => String(detail.id) === me.crisis && look(SOON));
document.addEventListener("live:resync", () => look(SOON));
setInterval(() => look(0), EACH);

// ── who is looking ────────────────────────────────────────────────────────────────────────────────────────────────────
const say = (state, more = {}) =>
  fetch(body.presenceUrl, { method: "POST", headers: { "X-CSRFToken": body.csrf }, body: new URLSearchParams({ ...me, state }), ...more }).catch(() => null);
const here = () => say(document.visibilityState === "visible" ? "viewing" : "left");

document.addEventListener("live:presence", ({ detail }) => {
  const place = document.querySelector("[data-room-people]");
  if (!place || String(detail.crisis ?? "") !== me.crisis) return;
  place.textContent = detail.people.map((one) => one.name).join(", ") || "–";
});

if (body.presenceUrl) {
  here();
  setInterval(here, HERE);
  document.addEventListener("visibilitychange", here);
  document.addEventListener("live:back", here);
  window.addEventListener("pagehide", () => say("left", { keepalive: true }));
}

// ── on a wall ─────────────────────────────────────────────────────────────────────────────────────────────────────────
const line = document.getElementById("line");
const hour = document.getElementById("hour");
const shown = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: room.dataset.zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit" });

function tick() {
  if (hour) hour.textContent = hour.dateTime = shown.format(Date.now());
  count();
}

function told(lost, since) {
  if (!line) return;
  line.querySelector("[data-words]").textContent = lost ? line.dataset.lost.replace("{time}", shown.format(since)) : line.dataset.live;
  line.classList.toggle("late", lost);
  room.classList.toggle("behind", lost);
}

document.addEventListener("live:lost", ({ detail }) => told(true, detail.since));
document.addEventListener("live:back", () => {
  told(false);
  look(SOON);
});
setInterval(tick, 1000);

// ── writing: Ctrl and Enter, as in every text of the desk ─────────────────────────────────────────────────────────────
document.querySelector("[data-room-write]")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
});
