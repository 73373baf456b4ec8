// The bell: counts what is unseen, says what is new above the work and, where asked for, through the browser.
import { noticeFailure, post } from "./shell.js";
import { inTurn } from "./turns.js";

const bell = document.querySelector("[data-bell]");
const count = bell?.querySelector("[data-bell-count]");
const list = document.getElementById("notice-list");
const single = document.body.dataset.singleKeys !== "off";
let last = Number(bell?.dataset.last); // the newest notice that was told on this page
let telling = false; // whether what is new is said above the work

async function ask() {
  try {
    const answer = await fetch(bell.dataset.bellUrl, { headers: { "X-Requested-With": "fetch" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the lost line tells the reader
  }
}

/** One question for what happens within a fifth of a second. */
const look = inTurn(async () => {
  const says = telling;
  telling = false;
  const told = await ask();
  if (!told) return;
  count.textContent = told.count;
  count.hidden = !told.count;
  const newest = told.newest;
  if (!newest) return closeTold();
  if (says && newest.id > last) tell(newest);
  last = Math.max(last, newest.id);
}, 200);

function lookSoon(says) {
  telling ||= says;
  look();
}

function closeTold() {
  for (const told of document.querySelectorAll("[data-told]")) told.remove();
}

function tell(notice) {
  closeTold();
  const told = document.getElementById("notice-told").content.firstElementChild.cloneNode(true);
  told.dataset.told = notice.id;
  const link = told.querySelector("a");
  link.textContent = notice.words;
  link.href = notice.url;
  const acknowledge = told.querySelector("[data-told-acknowledge]");
  if (notice.waits) acknowledge.addEventListener("click", () => say(notice.id));
  else acknowledge.remove();
  document.getElementById("notices").append(told);
  if (bell.dataset.browserNotices === "on") tellBrowser(notice);
}

async function say(id) {
  const answer = await post(`/notices/${id}/acknowledge/`, {}).catch(() => null);
  if (!answer) return noticeFailure("sayOffline");
  if (answer.ok || answer.status === 409) closeTold(); // a colleague was quicker: it is over either way
}

/** Outside the page, only while nobody looks at it; several tabs say it once, by its tag. */
function tellBrowser(notice) {
  if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
  const shown = new Notification("Balie", { body: notice.words, tag: `balie-${notice.id}` });
  shown.onclick = () => {
    window.focus();
    window.location.assign(notice.url);
  };
}

if (bell) {
  document.addEventListener("live:notification", ({ detail }) => lookSoon(detail.kind !== "changed"));
  document.addEventListener("live:resync", () => lookSoon(true));
}

// ── the switch in the menu: the browser is asked only when its person asks for it ─────────────────────────────────────
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-ask-browser]");
  if (!button || !("Notification" in window)) return;
  event.preventDefault();
  const answer = await Notification.requestPermission();
  document.getElementById("browser-refuses").hidden = answer === "granted";
  if (answer !== "granted") return;
  const kept = await post(button.form.action, { browser_notices: "on" }).catch(() => null);
  if (kept?.ok) window.location.reload();
  else noticeFailure(kept ? "sayBroken" : "sayOffline");
});

// ── keys: the workspace has its own, which press the same buttons ─────────────────────────────────────────────────────
const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");
const links = () => [...(list?.querySelectorAll("a.words") ?? [])];

function go(by) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function acknowledge() {
  const row = document.activeElement.closest?.("#notice-list li");
  const button = row?.querySelector("[data-acknowledge]") ?? document.querySelector("[data-told-acknowledge], [data-acknowledge]");
  button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  if (document.getElementById("tickets") || event.defaultPrevented || typing(event.target)) return;
  if (!single || event.ctrlKey || event.metaKey || event.altKey) return;
  if (list && (event.key === "j" || event.key === "k")) go(event.key === "j" ? 1 : -1);
  else if (event.key === "b" && bell) bell.click();
  else if (event.key !== "y" || !acknowledge()) return;
  event.preventDefault();
});
