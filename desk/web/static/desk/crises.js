// Crises: the banner above the work follows at once, from what the live line tells and without asking the desk; the
// page of one shows its newest state, and how long level 3 still stands on the word of one person.
import { offHand } from "./hands.js";
import { count, fill } from "./lapses.js";
import { isTyped, put } from "./put.js";
import { inTurn } from "./turns.js";

const made = document.getElementById("crisis-banner");
const words = made?.dataset;
const seen = new Map(); // the newest version of each crisis that this page knows, so that no old word takes its place
const bar = () => document.getElementById("crises");
const hour = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short", hour12: false, timeZone: words?.zone });

function know() {
  for (const one of bar().querySelectorAll("[data-crisis]")) seen.set(one.dataset.crisis, Number(one.dataset.version));
}

function show(told) {
  const id = String(told.id);
  if ((seen.get(id) ?? 0) > told.version) return;
  seen.set(id, told.version);
  const before = bar().querySelector(`[data-crisis="${id}"]`);
  if (!told.level) return before?.remove();
  const one = made.content.firstElementChild.cloneNode(true);
  Object.assign(one.dataset, { crisis: id, version: told.version, level: told.level });
  one.classList.toggle("watch", told.level === 1);
  one.classList.toggle("drill", Boolean(told.drill));
  const level = words[`level-${told.level}`];
  one.querySelector("strong").textContent = told.drill ? `${words.drill}: ${level}` : level;
  const link = one.querySelector("a");
  link.href = `${link.getAttribute("href")}${id}/`;
  link.firstElementChild.textContent = told.name;
  one.querySelector("span").textContent = fill(words.since, { time: hour.format(new Date(told.since)) });
  if (before?.textContent === one.textContent) return Object.assign(before.dataset, one.dataset); // said once is enough
  before?.remove();
  const behind = [...bar().children].find((other) => Number(other.dataset.level) < told.level);
  bar().insertBefore(one, behind ?? null);
}

const again = inTurn(async () => {
  const answer = await fetch(words.url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return; // the lost line tells the reader
  const fresh = parsed(await answer.text()).getElementById("crises");
  if (!fresh) return;
  offHand(() => {
    put(bar(), fresh); // made and escaped by the desk
    know();
  });
}, 0);

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

if (made) {
  know();
  document.addEventListener("live:crisis", ({ detail }) => show(detail));
  document.addEventListener("live:resync", again);
}

// ── the page of one crisis ────────────────────────────────────────────────────────────────────────────────────────────
const page = document.querySelector("[data-crisis-page]");
const typed = (part) =>
  part.contains(document.activeElement) || [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some(isTyped);

const renew = inTurn(async () => {
  const answer = await fetch(page.dataset.url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = parsed(await answer.text());
  offHand(() => draw(fresh));
}, 0);

function draw(fresh) {
  for (const id of ["crisis-head", "crisis-chain", "crisis-team", "crisis-log", "crisis-steps"]) {
    const [old, part] = [document.getElementById(id), fresh.getElementById(id)];
    if (id === "crisis-steps" && typed(old)) continue; // what somebody is writing stays; the desk says if it is too late
    if (part && !old.isEqualNode(part)) put(old, part);
  }
  count();
}

if (page) {
  document.addEventListener("live:crisis", ({ detail }) => String(detail.id) === page.dataset.crisisPage && renew());
  document.addEventListener("live:resync", renew);
}
if (page || document.querySelector("[data-lapses]")) {
  setInterval(count, 1000);
  count();
}

// ── keys: the workspace has its own, which press the same buttons ─────────────────────────────────────────────────────
document.querySelector("[data-start-crisis] input:not([type=hidden])")?.focus();
document.addEventListener("keydown", (event) => {
  if (event.key !== "!" || document.getElementById("tickets") || event.defaultPrevented) return;
  if (document.body.dataset.singleKeys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const way = document.querySelector('main [data-key="!"]') ?? document.querySelector('[data-key="!"]');
  if (!way) return;
  event.preventDefault();
  way.click();
});
