// Keys. Each is printed beside its action, which carries it in `data-key`: pressing the key is pressing the button.
import { pick, picked, unpick } from "./picking.js";
import { here, rove, rows } from "./rows.js";

const single = document.body.dataset.singleKeys !== "off" && document.body.dataset.singleKeys !== "0";
const BULK = { a: "assign", g: "tags", m: "macro", o: "cause", s: "snooze" };

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

function go(by) {
  const all = rows();
  if (!all.length) return;
  const focused = document.activeElement.closest?.("#tickets .ticket-row");
  const at = all.indexOf(here());
  const next = all[focused ? Math.min(Math.max(at + by, 0), all.length - 1) : Math.max(at, 0)];
  rove(next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(
    (button) => !button.hidden && !button.disabled && !button.closest("[hidden], dialog"),
  );
  const button = key === "z" ? found.at(-1) : found[0];
  button?.click();
  return Boolean(button);
}

function many(key) {
  if (!picked().length) return false;
  if (key === "e") document.querySelector("#bulk [data-resolves]").click();
  else if (BULK[key]) document.querySelector(`#bulk [data-bulk*="/${BULK[key]}/"]`).click();
  else return false;
  return true;
}

const MOVES = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(event);
  if (typing(event.target)) return;
  const arrow = event.key.startsWith("Arrow");
  if (arrow ? event.target.closest(".ticket-row") && MOVES[event.key] : single && MOVES[event.key]) {
    event.preventDefault();
    return go(MOVES[event.key]);
  }
  if (!single || event.key.length !== 1) return;
  const key = event.key;
  const done = key === "x" ? here() && (pick(here()), true) : many(key) || press(key);
  if (done) event.preventDefault();
});

/** Out of what one is in, one step at a time: the reply, the search, the picked ones. */
function escape(event) {
  if (document.querySelector("dialog[open]") || document.querySelector("details[data-menu][open]")) return;
  if (event.target.closest("#composer")) {
    here()?.focus({ preventScroll: true });
  } else if (event.target.closest("#find")) {
    const form = document.getElementById("find");
    if (form.elements.q.defaultValue) form.querySelector("[data-clear-search]").click();
    form.hidden = true;
    here()?.focus({ preventScroll: true });
  } else if (picked().length) unpick();
  else document.getElementById("main").classList.remove("shows-customer");
}

document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.("#tickets .ticket-row");
  if (link) rove(link);
});
