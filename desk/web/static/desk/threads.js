// Threads: the badge counts by itself, and the list follows and is walked through with keys.
const badge = document.querySelector("[data-threads-count]");
const me = Number(document.body.dataset.userId);
const single = document.body.dataset.singleKeys !== "off";
const list = () => document.getElementById("thread-list");
let asking = 0;

async function count() {
  if (!badge) return;
  const answer = await fetch(badge.dataset.threadsCount).catch(() => null);
  if (!answer?.ok) return; // the lost line tells the reader
  const told = await answer.json();
  badge.textContent = told.count;
  badge.hidden = !told.count;
}

async function again() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || !list()) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("thread-list");
  const focused = document.activeElement.closest?.("#thread-list tr")?.id;
  if (fresh) list().replaceWith(fresh); // made and escaped by the desk
  if (focused) document.getElementById(focused)?.querySelector("a")?.focus();
}

/** One question for what happens within a fifth of a second. */
function soon(own) {
  clearTimeout(asking);
  asking = setTimeout(() => {
    if (own) count();
    if (list()) again();
  }, 200);
}

count();
document.addEventListener("live:thread", ({ detail }) => {
  const own = detail.followers.includes(me);
  if (own || list()) soon(own);
});
document.addEventListener("live:resync", () => soon(true));
document.addEventListener("desk:thread-read", count);

// ── keys: each is printed beside its button; a field is gone to, a button pressed ─────────────────────────────────────
function go(by) {
  const all = [...document.querySelectorAll("[data-thread-row]")];
  const at = all.indexOf(document.activeElement);
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function press(key) {
  const one = document.querySelector(`[data-thread-key="${CSS.escape(key)}"]`);
  if (!one) return false;
  if (one.matches("input:not([type=file]), textarea")) one.focus();
  else one.click();
  const details = one.closest("summary") && one.closest("details");
  if (details?.open) details.querySelector("textarea")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || !document.querySelector("[data-threads], [data-thread], [data-send-by-key]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.matches("[data-thread-form], [data-send-by-key]")) {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape" && event.target.matches("[data-thread] textarea")) return event.target.blur();
  if (!single || event.key.length !== 1 || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (list() && (event.key === "j" || event.key === "k")) go(event.key === "j" ? 1 : -1);
  else if (!press(event.key)) return;
  event.preventDefault();
});
