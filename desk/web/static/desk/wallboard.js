// The board on the wall: asks for its figures every few seconds, ticks by itself in between (clocks.js), and says when
// what it shows is not live. It runs for months: each hour it loads itself anew, right after the desk has answered.
import { length, now } from "./clocks.js";

const EVERY = 5_000;
const PATIENCE = 8_000; // for one answer
const GRACE = 12_000; // two questions without an answer, and the room is told
const LIFE = 3_600_000;

const main = document.getElementById("main");
const line = document.getElementById("line");
const hour = document.getElementById("hour");
const format = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: main.dataset.zone, hourCycle: "h23", ...options });
const short = format({ hour: "2-digit", minute: "2-digit" });
const exact = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const loaded = Date.now();
let heard = now();

async function ask() {
  try {
    const answer = await fetch(main.dataset.url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 401) return location.reload(); // shown out: the page asks for a code
    if (answer.ok) take(await answer.text());
  } catch {
    // nobody answers; `tick` tells the room how long already
  }
  return setTimeout(ask, EVERY);
}

function take(text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const changed = fresh.content.querySelector("[data-as]").dataset.as !== main.querySelector("[data-as]").dataset.as;
  if (changed || Date.now() - loaded > LIFE) location.reload();
  main.replaceChildren(fresh.content);
  heard = now();
  tick();
}

/** “3 h 10”: numbers large, units small, as desk/web/show/wallboard.py writes it. */
function figure(words) {
  return words.split(/(\d+)/).filter(Boolean).map((part) => {
    if (/^\d+$/.test(part)) return part;
    const unit = document.createElement("small");
    unit.textContent = part;
    return unit;
  });
}

function tick() {
  const at = now();
  for (const waits of main.querySelectorAll("[data-waits]")) {
    const words = length(at - Number(waits.dataset.waits));
    if (waits.textContent !== words) waits.replaceChildren(...figure(words));
  }
  hour.textContent = short.format(at);
  hour.dateTime = hour.textContent;
  const lost = at - heard > GRACE;
  const words = lost ? line.dataset.lost.replace("{time}", exact.format(heard)) : line.dataset.live;
  const spoken = line.querySelector("[data-words]");
  if (spoken.textContent !== words) spoken.textContent = words;
  for (const sign of line.querySelectorAll("[data-when]")) sign.hidden = (sign.dataset.when === "lost") !== lost;
  line.classList.toggle("late", lost);
  main.classList.toggle("behind", lost);
}

tick();
setInterval(tick, 1000);
setTimeout(ask, EVERY);
