// Clocks tick here: bars each second, words each minute and in the last two minutes each second.
// The words are those of desk/web/show/clocks.py; a test compares the two.
import { say } from "./words.js";

const main = document.getElementById("main");
const skew = main?.dataset.now ? Number(main.dataset.now) - Date.now() : 0; // the desk's clock counts, not this machine's
const SOON = 5 * 60_000;
const told = new Set();

export const now = () => Date.now() + skew;

export function length(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor((seconds % 3600) / 60);
  if (seconds < 3600) return say("minutes", { minutes });
  if (seconds < 86_400) return say("hours", { hours: Math.floor(seconds / 3600), minutes: String(minutes).padStart(2, "0") });
  return say("days", { days: Math.floor(seconds / 86_400), hours: Math.floor((seconds % 86_400) / 3600) });
}

export const countdown = (ms) => (ms < 120_000 ? say("seconds", { seconds: Math.max(0, Math.floor(ms / 1000)) }) : length(ms));

/** Amber begins at `warn`, where 80 % of the target is used by the calendar that counts; the bar is 80 % full then. */
function filled(start, warn, due, at) {
  if (at >= due) return 100;
  return at >= warn ? 80 + (20 * (at - warn)) / (due - warn) : Math.max(0, (80 * (at - start)) / (warn - start));
}

export function face(start, warn, due, at) {
  const share = Math.round(filled(start, warn, due, at));
  const phase = at > due ? "late" : at >= warn ? "warn" : "";
  const words = at <= due ? say("due", { time: countdown(due - at) }) : say("late", { time: countdown(at - due) });
  return { share, phase, words };
}

const write = (element, words) => element.textContent !== words && (element.textContent = words);
const PHASES = ["warn", "late"];

function paint(element, phase) {
  for (const name of PHASES) element.classList.toggle(name, name === phase);
}

function step() {
  const at = now();
  for (const clock of document.querySelectorAll(".clock[data-due]")) {
    const { share, phase, words } = face(Number(clock.dataset.start), Number(clock.dataset.warn), Number(clock.dataset.due), at);
    write(clock, clock.dataset.prefix ? `${clock.dataset.prefix} ${words}` : words);
    paint(clock, phase);
    const bar = clock.parentElement.querySelector(".clock-bar");
    if (!bar) continue;
    paint(bar, phase);
    bar.firstElementChild.setAttribute("width", `${share}%`);
  }
  for (const waited of document.querySelectorAll("[data-since]")) write(waited, length(at - Number(waited.dataset.since)));
  for (const state of document.querySelectorAll("[data-leaves]")) {
    const left = Number(state.dataset.leaves) - at;
    if (left > 0) write(state, say("leavesIn", { time: countdown(left) }));
  }
  for (const bar of document.querySelectorAll(".undo")) undo(bar, at);
  aloud(at);
}

function undo(bar, at) {
  const [from, until] = [Number(bar.dataset.from), Number(bar.dataset.until)];
  if (at >= until) {
    bar.remove();
    return;
  }
  bar.querySelector("rect").setAttribute("width", `${Math.round(((until - at) / (until - from)) * 100)}%`);
  write(bar.querySelector("span"), say("leaves", { name: bar.dataset.name, time: countdown(until - at) }));
}

/** A countdown is never read aloud, but two moments of the open ticket are, once each. */
function aloud(at) {
  const ticket = document.getElementById("conversation");
  const clock = ticket?.querySelector(".ticket-head .clock[data-due]");
  if (!clock) return;
  const left = Number(clock.dataset.due) - at;
  const moment = left < 0 ? "nowLate" : left < SOON ? "dueSoon" : "";
  const key = `${ticket.dataset.ticket} ${clock.dataset.due} ${moment}`;
  if (!moment || told.has(key)) return;
  told.add(key);
  document.getElementById("aloud").textContent = say(moment, { name: ticket.dataset.name });
}

if (main) {
  setInterval(step, 1000);
  document.addEventListener("htmx:afterSwap", step);
  document.addEventListener("visibilitychange", step); // a tab that slept is right when it is looked at, not a tick later
}
