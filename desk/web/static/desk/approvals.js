// Approvals: the badge counts by itself, the list follows, and a decision needs no mouse.
import { offHand } from "./hands.js";
import { put } from "./put.js";
import { inTurn } from "./turns.js";

const badge = document.querySelector("[data-approvals-count]");
const list = () => document.getElementById("approval-list");
const page = document.querySelector("[data-approval-page]");
const single = document.body.dataset.singleKeys !== "off";
let decided = false; // what this person says of it is on its way

async function count() {
  const answer = await fetch(badge.dataset.approvalsCount).catch(() => null);
  if (!answer?.ok) return; // the lost line tells the reader
  const told = await answer.json();
  badge.textContent = told.count;
  badge.hidden = !told.count;
}

async function again() {
  const answer = await fetch(window.location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("approval-list");
  offHand(() => fresh && !list().isEqualNode(fresh) && put(list(), fresh)); // made and escaped by the desk
}

const typed = () =>
  [...page.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue) ||
  [...page.querySelectorAll("[type=checkbox]")].some((box) => box.checked !== box.defaultChecked);

const look = inTurn(() => Promise.all([count(), list() && again()]), 200);

function changed(told = {}) {
  look();
  const here = page && String(told.reply) === page.dataset.approvalPage;
  if (here && told.state !== "waiting" && !decided && !typed()) window.location.reload();
}

page?.addEventListener("submit", () => (decided = true)); // its answer is the next page, which no reload may take away

if (badge) {
  count();
  document.addEventListener("live:approval", ({ detail }) => changed(detail));
  document.addEventListener("live:resync", () => changed());
}

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

function go(by) {
  const all = [...list().querySelectorAll("a.words")];
  const at = all.indexOf(document.activeElement);
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!page && !list()) return;
  if (page && event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.defaultPrevented || typing(event.target) || !single || event.ctrlKey || event.metaKey || event.altKey) return;
  if (list() && (event.key === "j" || event.key === "k")) go(event.key === "j" ? 1 : -1);
  else if (page && event.key === "a") document.getElementById("approve")?.requestSubmit();
  else if (page && event.key === "e") document.getElementById("words")?.focus();
  else if (page && event.key === "r") document.getElementById("reason")?.focus();
  else return;
  event.preventDefault();
});
