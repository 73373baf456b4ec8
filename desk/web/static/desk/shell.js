// What every page has: theme, menus, notices, copying, and a word when a request fails.
import { offHand } from "./hands.js";
import { leavePassing, put } from "./put.js";

const csrf = document.body.dataset.csrf;

/** Sends a form's worth of values to the desk. A `signal` may call it off. */
export function post(url, values, signal) {
  return fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": csrf, "X-Requested-With": "fetch" },
    body: new URLSearchParams(values),
    signal,
  });
}

/** Asks the desk for a part of the page. A failure is told by htmx's events; its promise says nothing more of it. */
export const load = (verb, url, options) => htmx.ajax(verb, url, options).catch(() => null);

document.querySelector(".admin > .views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const wide = matchMedia("(min-width: 721px)");
const unfold = () => document.querySelectorAll("[data-folds-on-phone]").forEach((part) => (part.open = wide.matches));
unfold();
wide.addEventListener("change", unfold);

document.addEventListener("click", (event) => {
  const theme = event.target.closest("[data-theme-switch]");
  if (theme) switchTheme(theme.dataset.themeUrl);
  event.target.closest("[data-notice-close]")?.closest(".notice").remove();
  const copy = event.target.closest("[data-copy]");
  if (copy) copyFrom(copy);
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-send-on-change]")) event.target.form.requestSubmit();
});

function switchTheme(url) {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  if (url) post(url, { theme: root.dataset.theme }).catch(() => noticeFailure("sayOffline"));
}

async function copyFrom(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  const words = button.querySelector("[data-copied]");
  const before = words.textContent;
  words.textContent = words.dataset.copied;
  setTimeout(() => (words.textContent = before), 2000);
}

// ── requests of htmx that fail ────────────────────────────────────────────────────────────────────────────────────────
/** Shows a fact in the place of facts, above the work. `which` names a text of #request-failed. */
export function noticeFailure(which) {
  const notice = document.getElementById("request-failed").content.firstElementChild.cloneNode(true);
  const words = notice.querySelector("span");
  words.textContent = words.dataset[which];
  document.getElementById("notices").append(notice);
}

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) noticeFailure("sayBroken");
});
document.addEventListener("htmx:sendError", () => noticeFailure("sayOffline"));
document.addEventListener("htmx:timeout", () => noticeFailure("sayOffline"));

// ── parts of a page that show figures: told to load again when something changed, but not at each change ──────────────
const REST = 5_000;
const waiting = new Map();

for (const kind of ["tickets", "counts", "inbox", "resync"]) {
  document.addEventListener(`live:${kind}`, () => {
    for (const part of document.querySelectorAll("[data-refresh-on]")) {
      if (kind !== "resync" && !part.dataset.refreshOn.split(" ").includes(kind)) continue;
      if (waiting.has(part.id)) continue;
      waiting.set(part.id, setTimeout(() => {
        waiting.delete(part.id);
        const now = document.getElementById(part.id); // it may have been replaced meanwhile
        if (now && !document.hidden) window.htmx.trigger(now, "refresh");
      }, REST));
    }
  });
}

// It is drawn anew where something in it is other than it was, and not under somebody's hand.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target?.matches("[data-refresh-on]") || !detail.shouldSwap) return;
  detail.shouldSwap = false;
  const fresh = new DOMParser().parseFromString(detail.serverResponse, "text/html").getElementById(detail.target.id);
  offHand(() => fresh && detail.target.isConnected && !leavePassing(detail.target.cloneNode(true)).isEqualNode(fresh) && put(detail.target, fresh));
});
