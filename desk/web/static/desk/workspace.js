// The workspace: opening tickets, keeping list and ticket true while others work, picking, dialogs.
import { isLive } from "./live.js";
import { load, noticeFailure, post } from "./shell.js";
import { say, sayCount } from "./words.js";
import "./clocks.js";
import "./keyed.js";
import { begun } from "./composer.js";
import "./choices.js";
import "./keys.js";
import "./presence.js";
import { put } from "./keyed.js";
import { inOrder } from "./order.js";
import { picked, unpick } from "./picking.js";
import { rove } from "./rows.js";

const main = document.getElementById("main");
const dialog = document.getElementById("dialog");
const queue = () => document.getElementById("queue");
const list = () => document.getElementById("tickets");
const ticket = () => document.querySelector("#conversation[data-ticket]");
const row = (id) => document.getElementById(`row-${id}`);

// ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────────────
let shown = "";

function opened() {
  const id = ticket()?.dataset.ticket;
  shown = id ?? "";
  main.dataset.screen = id ? "ticket" : "list";
  for (const link of document.querySelectorAll('.ticket-row[aria-current="true"]')) link.removeAttribute("aria-current");
  if (!id) return;
  const link = row(id)?.querySelector(".ticket-row");
  link?.setAttribute("aria-current", "true");
  link?.querySelector(".unread")?.remove();
  if (link) rove(link);
  toEnd();
  document.title = `${ticket().dataset.name} · ${id} · Balie`;
  document.dispatchEvent(new CustomEvent("desk:opened", { detail: { id } }));
}

// Who reads the end of a conversation keeps reading it while the composer below grows.
let atEnd = true;
const growing = new ResizeObserver(([{ target }]) => atEnd && (target.scrollTop = target.scrollHeight));

function toEnd() {
  const thread = document.getElementById("thread");
  if (!thread) return;
  atEnd = true;
  thread.scrollTop = thread.scrollHeight;
  thread.addEventListener("scroll", () => (atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 24), { passive: true });
  growing.disconnect();
  growing.observe(thread);
}

function listed() {
  const current = document.querySelector(`#tickets .ticket-row[aria-current="true"]`) ?? document.querySelector("#tickets .ticket-row");
  rove(current);
  arrivals.clear();
  showArrivals();
  document.dispatchEvent(new CustomEvent("desk:listed"));
}

document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (!target) return; // the browser went back: see below
  if (target.id === "conversation" && event.detail.requestConfig?.verb === "get" && !event.detail.requestConfig.path.includes("/fresh/")) opened();
  if (target.id === "conversation" && event.detail.requestConfig?.verb === "post" && ticket()) {
    if (ticket().dataset.ticket !== shown) opened(); // undone or merged: another ticket than the one that was open
    changed.add(Number(ticket().dataset.ticket)); // the live line says so too, unless it is lost
    askSoon();
  }
  if (target.id === "queue") {
    listed();
    mark();
  }
  if (target.id === "dialog") showDialog();
  if (target.id === "queue-said") bulkDone();
});

function mark() {
  const id = ticket()?.dataset.ticket;
  if (id) row(id)?.querySelector(".ticket-row")?.setAttribute("aria-current", "true");
}

document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (!back || !matchMedia("(max-width: 720px)").matches || !queue()) return;
  event.preventDefault();
  main.dataset.screen = "list";
  history.pushState({ htmx: true }, "", `/queue/?${queue().dataset.query}`);
  list()?.querySelector('[aria-current="true"]')?.focus({ preventScroll: true });
});

// ── the line is live ──────────────────────────────────────────────────────────────────────────────────────────────────
const changed = new Set(); // rows on the screen that changed
const arrivals = new Set(); // tickets that came and are not on the screen
let unsure = new Set(); // tickets of which only the desk knows whether they belong here
let asking = 0;

document.addEventListener("live:tickets", ({ detail }) => {
  for (const one of detail.tickets) {
    if (row(one.id)) changed.add(one.id);
    else if (!["new", "message"].includes(one.why) && !arrives(one)) continue;
    else if (queue().dataset.plain === "1") belongs(one) && arrivals.add(one.id);
    else unsure.add(one.id);
    if (String(one.id) === ticket()?.dataset.ticket) freshen();
  }
  showArrivals();
  askSoon();
});

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

/** At once when it is quiet, at most each 600 ms in a storm. */
function askSoon() {
  if (asking || !(changed.size + unsure.size)) return;
  asking = setTimeout(() => (asking = 0) || (changed.size + unsure.size && askSoon()), 600);
  refreshRows();
}

async function refreshRows() {
  const ids = [...changed, ...unsure].slice(0, 200);
  const shown = new Set(changed);
  const asked = unsure;
  changed.clear();
  unsure = new Set();
  const html = await ask(`${main.dataset.rowsUrl}?${queue().dataset.query}&ids=${ids.join(",")}`);
  if (html !== null) return takeRows(html, shown);
  for (const id of shown) changed.add(id); // asked again with the next event, or when the line is back
  for (const id of asked) unsure.add(id);
}

/** What the desk answers; null when it does not, which the lost line tells the reader. */
async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Puts rows in the place of those on the screen; what is not on the screen waits behind “new messages”. */
function takeRows(html, shown) {
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
  if (before.hasAttribute("aria-current")) {
    link.setAttribute("aria-current", "true");
    link.querySelector(".unread")?.remove();
  }
  link.querySelector(".presence").replaceWith(before.querySelector(".presence"));
}

let freshening = 0;

/** The open ticket as it is now, without moving what is read. */
function freshen() {
  clearTimeout(freshening);
  freshening = setTimeout(async () => {
    const here = ticket();
    if (!here) return;
    await load("GET", `${here.dataset.freshUrl}?begun=${begun()}`, { source: here, target: here, swap: "keyed" });
    const open = ticket();
    if (document.visibilityState === "visible" && open && Number(open.dataset.unread)) post(open.dataset.seenUrl, {});
  }, 120);
}

document.addEventListener("live:reply", ({ detail }) => {
  const bar = document.getElementById(`undo-${detail.id}`);
  if (detail.state !== "queued" && !bar?.querySelector(".htmx-request")) bar?.remove(); // else its own answer comes now
  if (String(detail.ticket) === ticket()?.dataset.ticket) freshen();
});

const crises = new Map(); // the newest version of each crisis: a note in its log changes nothing here
document.addEventListener("live:crisis", ({ detail }) => {
  if (crises.get(detail.id) === detail.version) return;
  crises.set(detail.id, detail.version);
  setTimeout(freshen, Math.random() * 800); // everybody hears of it at once
});

let counting = 0;
function countSoon() {
  counting ||= setTimeout(async () => {
    counting = 0;
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
}
for (const name of ["live:counts", "live:tickets", "live:inbox"]) document.addEventListener(name, countSoon);

/** What was missed is unknown: everything on the screen is asked for again, in place. */
function catchUp() {
  for (const shown of document.querySelectorAll("#tickets li[data-id]")) changed.add(Number(shown.dataset.id));
  askSoon();
  freshen();
  countSoon();
}
document.addEventListener("live:back", catchUp);
document.addEventListener("live:resync", () => {
  const button = document.getElementById("arrivals");
  if (button) button.hidden = false;
  if (button && !arrivals.size) button.querySelector("span").textContent = say("maybeNew");
  catchUp();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && isLive() && ticket() && Number(ticket().dataset.unread) && freshen());

// ── dialogs ───────────────────────────────────────────────────────────────────────────────────────────────────────────
function showDialog() {
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("input:not([type=hidden]), button"))?.focus();
}

for (const any of document.querySelectorAll("dialog.dialog")) {
  any.addEventListener("click", (event) => {
    if (event.target === any || event.target.closest("[data-close]")) any.close();
  });
}

// What had focus may have been drawn anew meanwhile: then the keys go on from the list.
dialog.addEventListener("close", () => {
  const lost = document.activeElement === document.body || dialog.contains(document.activeElement);
  if (lost) document.querySelector('#tickets .ticket-row[tabindex="0"]')?.focus({ preventScroll: true });
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]:not([role])");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  const toggle = event.target.closest("[data-toggles]");
  if (toggle) fold(toggle);
  const search = event.target.closest("[data-search]");
  if (search) find(search);
  if (event.target.closest("[data-customer-switch]")) customer();
  const why = event.target.closest("[data-explain]");
  if (why) explain(event);
  if (event.target.closest("details.menu .sheet :is(a, button)")) event.target.closest("details").open = false;
  const bulk = event.target.closest("[data-bulk]");
  if (bulk) bulkDialog(bulk.dataset.bulk);
  if (event.target.closest("[data-unpick]")) unpick();
});

function fold(toggle) {
  const part = document.getElementById(toggle.dataset.toggles);
  part.hidden = !part.hidden;
  toggle.setAttribute("aria-expanded", String(!part.hidden));
}

function find(button) {
  const form = document.getElementById("find");
  form.hidden = false;
  button.setAttribute("aria-expanded", "true");
  form.elements.q.select();
}

function customer() {
  const shown = main.classList.toggle("shows-customer");
  for (const button of document.querySelectorAll("[data-customer-switch]")) button.setAttribute("aria-expanded", String(shown));
  if (shown) document.getElementById("customer").querySelector("a, button")?.focus();
}

function explain(event) {
  event.preventDefault();
  if (getComputedStyle(document.getElementById("customer")).display === "none") customer();
  const panel = document.getElementById("explain");
  panel?.scrollIntoView({ block: "nearest" });
  panel?.focus();
}

// What can't be taken back is asked once more, in the desk's own dialog.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const sure = document.getElementById("sure");
  sure.querySelector("p").textContent = event.detail.question;
  sure.returnValue = "";
  sure.onclose = () => sure.returnValue === "yes" && event.detail.issueRequest(true);
  sure.showModal();
});

dialog.addEventListener("click", (event) => {
  if (!event.target.closest("[data-tick-rest]")) return;
  const boxes = [...dialog.querySelectorAll('input[type="checkbox"]')];
  const first = boxes.findIndex((box) => box.checked);
  if (first >= 0) for (const box of boxes.slice(first)) box.checked = true;
});

// A form in a dialog: what was chosen is checked here, and the dialog closes when the desk took it.
dialog.addEventListener("submit", (event) => {
  const until = event.target.querySelector("[data-until]");
  if (until && event.submitter?.hasAttribute("data-until-send")) until.name = "until";
  const into = event.target.querySelector("[data-into]");
  if (into?.value) into.name = "into";
  const verb = event.submitter;
  if (verb?.name === "verb") event.target.elements.verb.value = verb.value;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  if (!successful || event.detail.xhr.status >= 400) return;
  if (elt.matches?.("[data-closes]")) dialog.close();
  const undone = /^\/replies\/(\d+)\/undo\/$/.exec(event.detail.pathInfo.requestPath);
  if (undone) document.getElementById(`undo-${undone[1]}`)?.remove();
});

// ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────────────
function bulkDialog(address) {
  const ids = picked();
  load("GET", `${address}?bulk=1&ids=${ids.join(",")}`, { source: "#bulk", target: "#dialog", swap: "innerHTML" });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "bulk") event.detail.parameters.set("ids", picked().join(","));
});

function bulkDone() {
  const rows = document.querySelector("#queue-said template[data-rows]");
  if (!rows) return;
  takeRows(rows.innerHTML, new Set());
  rows.remove();
  unpick();
}

document.addEventListener("htmx:timeout", () => noticeFailure("sayOffline"));

// ── the page as it comes, and as it comes back when the browser goes back ─────────────────────────────────────────────
function begin() {
  main.dataset.screen = ticket() ? "ticket" : "list";
  listed();
  if (ticket()) opened();
}
document.addEventListener("htmx:historyRestore", begin);
begin();
