// Approvals: the badge counts by itself, the list follows, and a decision needs no mouse.
const badge = document.querySelector("[data-approvals-count]");
const list = () => document.getElementById("approval-list");
const page = document.querySelector("[data-approval-page]");
const single = document.body.dataset.singleKeys !== "off";
let asking = 0;

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
  const focused = document.activeElement.closest?.("#approval-list tr")?.id;
  if (fresh) list().replaceWith(fresh); // made and escaped by the desk
  if (focused) document.querySelector(`#${focused} a.words`)?.focus();
}

const typed = () => [...page.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);

function changed(told = {}) {
  clearTimeout(asking);
  asking = setTimeout(() => {
    count();
    if (list()) again();
  }, 200);
  const here = page && String(told.reply) === page.dataset.approvalPage;
  if (here && told.state !== "waiting" && !typed()) window.location.reload();
}

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
