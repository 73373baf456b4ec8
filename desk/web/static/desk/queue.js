// The list stays true while others work: rows that changed, tickets that came and wait behind “new messages”, and badges.
import { offHand } from "./hands.js";
import { inOrder } from "./order.js";
import { pick, picked } from "./picking.js";
import { put } from "./put.js";
import { rove, rows } from "./rows.js";
import { inTurn } from "./turns.js";
import { say, sayCount } from "./words.js";

const PATIENCE = 10_000; // ms with a desk that does not answer
const REST = 600; // ms between two looks at rows in a storm
const MINUTE = 60_000;

const main = document.getElementById("main");
const queue = () => document.getElementById("queue");
const row = (id) => document.getElementById(`row-${id}`);

const changed = new Set(); // rows on the screen that changed
const arrivals = new Set(); // tickets that came and are not on the screen
let unsure = new Set(); // tickets of which only the desk knows whether they belong here
let asking = false;

// ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────────
let told = []; // in the last minute: what was asked of the desk before that may be answered with what was then

document.addEventListener("live:tickets", ({ detail }) => {
  const at = Date.now();
  told = [...told.filter((one) => at - one.at < MINUTE), ...detail.tickets.map((one) => ({ ...one, at }))];
  detail.tickets.forEach(follow);
  showArrivals();
  askSoon();
});

const sent = new WeakMap(); // when the desk was asked, by the configuration of the request
document.addEventListener("htmx:beforeRequest", ({ detail }) => sent.set(detail.requestConfig, Date.now()));

/** What was told since a request of htmx left. */
export const toldSince = (request) => told.filter((one) => one.at >= (sent.get(request) ?? Infinity));

function follow(one) {
  if (row(one.id)) changed.add(one.id);
  else if (!["new", "message"].includes(one.why) && !arrives(one)) return;
  else if (queue().dataset.plain === "1") belongs(one) && arrivals.add(one.id);
  else unsure.add(one.id);
}

const arrives = (one) => one.why === "change" && ["new", "open"].includes(one.state);

/** Whether a ticket belongs in the view on the screen: the same conditions as desk/tickets/queries.py, for plain views. */
function belongs(one) {
  const { view, inbox, team } = queue().dataset;
  if (inbox && String(one.inbox) !== inbox) return false;
  if (team && String(one.team) !== team) return false;
  const open = ["new", "open"].includes(one.state);
  switch (view) {
    case "mine": return open && String(one.assignee) === main.dataset.me;
    case "unassigned": return open && one.assignee === null;
    case "open": return open;
    case "waiting": return ["waiting_for_customer", "waiting_for_colleague"].includes(one.state);
    case "breached": return open && Date.parse(one.due_at) < Date.now();
    case "problems": return one.problem !== "";
    default: return one.state === view;
  }
}

/** What is not in the list where it belongs: new tickets, and rows whose place is another one now. */
function showArrivals() {
  const button = document.getElementById("arrivals");
  if (!button) return;
  const sorted = inOrder();
  button.hidden = arrivals.size === 0 && sorted;
  if (arrivals.size) button.querySelector("span").textContent = sayCount("arrived", "arrivedMany", arrivals.size);
  else if (!sorted) button.querySelector("span").textContent = say("otherOrder");
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = arrivals.size ? `(${arrivals.size}) ${title}` : title;
}

// ── rows that changed ─────────────────────────────────────────────────────────────────────────────────────────────────
/** At once when it is quiet; in a storm one answer after the other, with a rest between. */
export async function askSoon(more = []) {
  for (const id of more) changed.add(Number(id));
  if (asking || !(changed.size + unsure.size)) return;
  asking = true;
  const [answered] = await Promise.all([refreshRows(), new Promise((done) => setTimeout(done, REST))]);
  asking = false;
  if (answered) askSoon();
}

async function refreshRows() {
  const ids = [...changed, ...unsure].slice(0, 200);
  const shown = new Set(changed);
  const asked = unsure;
  changed.clear();
  unsure = new Set();
  const html = await ask(`${main.dataset.rowsUrl}?${queue().dataset.query}&ids=${ids.join(",")}`);
  if (html !== null) offHand(() => takeRows(html, shown));
  if (html !== null) return true;
  for (const id of shown) changed.add(id); // asked again with the next event, or when the line is back
  for (const id of asked) unsure.add(id);
  return false;
}

/** What the desk answers; null when it does not, which the lost line tells the reader. */
async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Puts rows in the place of those on the screen; what is not on the screen waits behind “new messages”. */
export function takeRows(html, shown = new Set()) {
  const template = document.createElement("template");
  template.innerHTML = html; // made and escaped by the desk
  for (const fresh of template.content.querySelectorAll("li[data-id]")) {
    const own = row(fresh.dataset.id);
    if (!own) {
      if (!shown.has(Number(fresh.dataset.id)) && "belongs" in fresh.dataset) arrivals.add(Number(fresh.dataset.id));
      continue;
    }
    dress(fresh, own);
    put(own, fresh);
  }
  showArrivals();
}

/** What only the screen knows of a row: open, picked, the tab stop, who is there. */
function dress(fresh, own) {
  const [link, before] = [fresh.querySelector(".ticket-row"), own.querySelector(".ticket-row")];
  delete fresh.dataset.belongs;
  link.tabIndex = before.tabIndex;
  link.classList.toggle("picked", before.classList.contains("picked"));
  for (const name of ["aria-current", "aria-description"]) {
    if (before.hasAttribute(name)) link.setAttribute(name, before.getAttribute(name));
  }
  if (before.hasAttribute("aria-current")) link.querySelector(".unread")?.remove();
  link.querySelector(".presence").replaceWith(before.querySelector(".presence"));
}

// ── a list that was asked for ─────────────────────────────────────────────────────────────────────────────────────────
let before = null; // how the reader had the list that makes place: what was picked, and where the keys were

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "queue") return;
  const stop = document.querySelector('#tickets .ticket-row[tabindex="0"]');
  const inside = Boolean(document.activeElement?.closest("#tickets"));
  before = { query: queue().dataset.query, picked: picked().map(idOf), stop: stop && idOf(stop), inside };
});

const idOf = (it) => (it instanceof Element ? it.closest("li").dataset.id : String(it));
const linkOf = (id) => row(id)?.querySelector(".ticket-row");

/** A list stands there: in the same one what was picked stays picked, and the keys go on where they were. */
export function listed(request) {
  const same = before?.query === queue().dataset.query ? before : null;
  before = null;
  const open = document.querySelector('#tickets .ticket-row[aria-current="true"]');
  const stop = same?.stop ? linkOf(same.stop) : null;
  rove(stop ?? open ?? rows()[0]);
  arrivals.clear();
  document.dispatchEvent(new CustomEvent("desk:listed"));
  for (const id of same?.picked ?? []) if (linkOf(id)) pick(linkOf(id), true);
  if (same?.inside && document.activeElement === document.body) (stop ?? rows()[0])?.focus({ preventScroll: true });
  caughtUp(request);
}

/** Rows that were asked for before something happened may not show it. */
export function caughtUp(request) {
  toldSince(request).forEach(follow);
  showArrivals();
  askSoon();
}

// ── badges ────────────────────────────────────────────────────────────────────────────────────────────────────────────
export const countSoon = inTurn(async () => {
  const answer = await ask(main.dataset.countsUrl);
  if (answer === null) return;
  const { words, late } = JSON.parse(answer);
  for (const [key, count] of Object.entries(words)) {
    for (const badge of document.querySelectorAll(`[data-count="${CSS.escape(key)}"]`)) {
      badge.textContent = count;
      badge.closest("#views a")?.classList.toggle("late", late.includes(key));
    }
  }
}, 1000);
for (const name of ["live:counts", "live:tickets", "live:inbox"]) document.addEventListener(name, countSoon);

/** What was missed is unknown: everything in the list is asked for again, in place. */
export function catchUp() {
  askSoon([...document.querySelectorAll("#tickets li[data-id]")].map((shown) => shown.dataset.id));
  countSoon();
}
document.addEventListener("live:back", catchUp);
document.addEventListener("live:resync", () => {
  const button = document.getElementById("arrivals");
  if (button) button.hidden = false;
  if (button && !arrivals.size) button.querySelector("span").textContent = say("maybeNew");
  catchUp();
});
