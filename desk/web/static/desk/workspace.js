// The workspace: opening tickets, keeping list and ticket true while others work, picking, dialogs.
import "./known.js";
import { isLive } from "./live.js";
import { load, noticeFailure, post } from "./shell.js";
import "./clocks.js";
import "./keyed.js";
import { begun } from "./composer.js";
import "./choices.js";
import "./keys.js";
import "./presence.js";
import { offHand } from "./hands.js";
import { picked, unpick } from "./picking.js";
import { heir } from "./put.js";
import { askSoon, caughtUp, listed, takeRows, toldSince } from "./queue.js";
import { rove } from "./rows.js";
import { inTurn } from "./turns.js";

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

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!target) return; // the browser went back: see below
  if (target.id === "conversation") swapped(requestConfig);
  if (target.id === "queue") {
    listed(requestConfig);
    mark();
  }
  if (target.id === "more") caughtUp(requestConfig);
  if (target.id === "dialog") showDialog();
  if (target.id === "queue-said") bulkDone();
});

function swapped(request) {
  if (request?.verb === "get" && request.path.includes("/fresh/")) return isSeen();
  if (request?.verb === "get") opened();
  if (request?.verb === "get" && toldSince(request).some(isOpen)) freshen(); // the answer may be older than that
  if (request?.verb === "post" && ticket()) askSoon([ticket().dataset.ticket]); // the live line says so too, unless it is lost
}

// Another ticket than the one that was open stands there: its reply was taken back, or it was split off or merged.
document.addEventListener("desk:put", ({ detail }) => {
  if (detail.element.id === "conversation" && ticket()?.dataset.ticket !== shown) opened();
  if (detail.element.id === "ticket-head") tellOfCustomer();
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
/** The open ticket as it is now, without moving what is read. */
const freshen = inTurn(async () => {
  const here = ticket();
  if (here) await load("GET", `${here.dataset.freshUrl}?begun=${begun()}`, { source: here, target: here, swap: "keyed" });
}, 120);
document.addEventListener("desk:unseen", () => offHand(freshen));

/** What came while somebody looks has been seen. */
function isSeen() {
  const open = ticket();
  if (document.visibilityState === "visible" && open && Number(open.dataset.unread)) post(open.dataset.seenUrl, {}).catch(() => null);
}

const isOpen = (one) => String(one.id) === ticket()?.dataset.ticket;
document.addEventListener("live:tickets", ({ detail }) => detail.tickets.some(isOpen) && freshen());

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

for (const name of ["live:back", "live:resync"]) document.addEventListener(name, freshen); // what was missed is unknown
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
  tellOfCustomer();
  if (shown) document.getElementById("customer").querySelector("a, button")?.focus();
}

function tellOfCustomer() {
  const shown = String(main.classList.contains("shows-customer"));
  for (const button of document.querySelectorAll("[data-customer-switch]")) button.setAttribute("aria-expanded", shown);
}

function explain(event) {
  event.preventDefault();
  if (getComputedStyle(document.getElementById("customer")).display === "none") customer();
  const panel = document.getElementById("explain");
  panel?.scrollIntoView({ block: "nearest" });
  panel?.focus();
}

// What can't be taken back is asked once more, in the desk's own dialog. The button may be drawn anew meanwhile.
let agreed = null;

document.addEventListener("htmx:confirm", (event) => {
  const { elt, question, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  if (elt === agreed) return issueRequest(true);
  const sure = document.getElementById("sure");
  sure.querySelector("p").textContent = question;
  sure.returnValue = "";
  sure.onclose = () => sure.returnValue === "yes" && agree(elt);
  sure.showModal();
});

function agree(elt) {
  agreed = heir(elt);
  if (agreed?.matches("form")) agreed.requestSubmit();
  else agreed?.click();
  if (!agreed) noticeFailure("sayOvertaken");
  agreed = null;
}

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
  load("GET", `${address}${address.includes("?") ? "&" : "?"}bulk=1&ids=${ids.join(",")}`, { source: "#bulk", target: "#dialog", swap: "innerHTML" });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "bulk") event.detail.parameters.set("ids", picked().join(","));
});

function bulkDone() {
  const rows = document.querySelector("#queue-said template[data-rows]");
  if (!rows) return;
  takeRows(rows.innerHTML);
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
