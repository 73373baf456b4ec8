// One thread, on its page or in the war room: it follows the live line, and nothing that is being typed is lost.
import { handedIn } from "./handing.js";
import { offerNames } from "./naming.js";
import { post } from "./shell.js";

const root = document.querySelector("[data-thread]");
const id = root.dataset.thread;
const body = document.body.dataset;
const SOON = 150; // what one deed tells comes as several events
const TYPING = 5_000; // the desk forgets after 8 s that somebody types
const FOUND = "talk-found"; // the part of a swarm that is over
const page = root.closest(".talk-page"); // and not the war room
const HERE = 20_000; // and after 45 s that somebody is here
const later = new URLSearchParams(location.search).has("before"); // a page of earlier words stays as it is
let waits = 0;
let looking = false;
let typingAt = 0;

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
const dirty = (part) =>
  [...part.querySelectorAll("textarea, select")].some((field) =>
    field.localName === "select" ? field.selectedIndex > 0 : field.value !== field.defaultValue,
  );
const busy = (part) => dirty(part) || (part.contains(document.activeElement) && document.activeElement.matches("textarea, input, select"));

const alike = (one, other) => (other.dataset.threadKey ? one.dataset.threadKey === other.dataset.threadKey : one.textContent === other.textContent);

/** Puts one element for another, leaves open what was unfolded, and gives focus to what does the same. */
function put(own, fresh) {
  const focus = own.contains(document.activeElement) ? document.activeElement : null;
  for (const [at, part] of [...own.querySelectorAll("details")].entries()) {
    if (part.open && !part.matches("[data-menu]")) fresh.querySelectorAll("details")[at]?.setAttribute("open", "");
  }
  if (own.matches("details") && own.open) fresh.open = true;
  own.replaceWith(fresh);
  if (focus) [...fresh.querySelectorAll(focus.localName)].find((one) => alike(one, focus))?.focus({ preventScroll: true });
}

/** What an element says, whatever is unfolded in it and whatever mark its forms carry against forgery. */
function plain(element) {
  const copy = element.cloneNode(true);
  for (const mark of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) mark.remove();
  for (const part of [copy, ...copy.querySelectorAll("details")]) part.removeAttribute("open");
  return copy.outerHTML;
}
const same = (own, fresh) => plain(own) === plain(fresh);

/** Each part that differs is put in anew; one in which somebody writes stays until they are done. */
function take(fresh) {
  const end = page && innerHeight + scrollY >= document.documentElement.scrollHeight - 80;
  const words = document.getElementById("talk-words");
  const parts = [...fresh.querySelectorAll("[data-thread-part]")];
  const over = parts.some((part) => part.id === FOUND);
  for (const own of root.querySelectorAll("[data-thread-part]")) if (!parts.some((part) => part.id === own.id) && !busy(own)) own.remove();
  for (const part of parts) {
    const own = document.getElementById(part.id);
    if (!own && part.id === FOUND) words.before(part);
    else if (own && !same(own, part) && !busy(own)) put(own, part);
  }
  if (over) closed();
  if (later) return;
  const told = fresh.getElementById("talk-words");
  words.dataset.newest = told.dataset.newest;
  if (told.children.length && told.firstElementChild.id !== "no-words") document.getElementById("no-words")?.remove();
  for (const word of [...told.children]) {
    const own = document.getElementById(word.id);
    if (!own) words.append(word);
    else if (!same(own, word) && !editing(own)) put(own, word);
  }
  if (end) scrollTo({ top: document.documentElement.scrollHeight });
}

const editing = (word) => Boolean(word.querySelector(".edit-word:not([hidden])"));

/** A swarm that is over takes no more words; what was being typed stays readable. */
function closed() {
  document.getElementById("talk-close")?.remove();
  const form = root.querySelector("[data-thread-form=say]");
  if (form && !form.elements.text.value) form.remove();
}

function look() {
  clearTimeout(waits);
  waits = setTimeout(again, SOON);
}

async function again() {
  if (looking) return look();
  looking = true;
  const answer = await fetch(root.dataset.url, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
  looking = false;
  if (!answer?.ok || answer.redirected) return; // the lost line tells the reader
  take(parsed(await answer.text()));
  seen();
}

/** What is on the screen of somebody who looks has been read. */
async function seen() {
  const newest = document.getElementById("talk-words").dataset.newest;
  if (document.hidden || later || newest === root.dataset.read) return;
  root.dataset.read = newest;
  await post(root.dataset.readUrl, {}).catch(() => null);
  document.dispatchEvent(new CustomEvent("desk:thread-read"));
}

document.addEventListener("live:thread", ({ detail }) => String(detail.thread) === id && look());
document.addEventListener("live:resync", look);
document.addEventListener("live:back", look);
document.addEventListener("visibilitychange", seen);

// ── sending: what the desk refuses stays in its field, with the reason above it ───────────────────────────────────────
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-thread-form]");
  if (!form) return;
  event.preventDefault();
  send(form);
});

async function send(form) {
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  const text = form.elements.text?.value;
  const refusal = form.querySelector("[data-refusal]");
  const values = form.enctype === "multipart/form-data" ? new FormData(form) : new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", headers: { "X-CSRFToken": body.csrf, "HX-Request": "true" }, body: values }).catch(() => null);
  delete form.dataset.sending;
  if (!answer) return; // the lost line tells the reader, and the words stay
  const fresh = parsed(await answer.text());
  if (!answer.ok) {
    const notice = fresh.querySelector(".notice");
    if (notice) (refusal ?? document.getElementById("notices")).replaceChildren(notice);
    return overtaken(form, answer.status);
  }
  refusal?.replaceChildren();
  settle(form, text);
  take(fresh);
  seen();
  if (form.dataset.threadForm === "say") form.scrollIntoView({ block: "nearest" });
}

/** Somebody was quicker: their summary stands above what was typed, which may now go in its place. */
async function overtaken(form, status) {
  if (status !== 409 || !form.elements.version) return;
  await again();
  form.elements.version.value = document.getElementById("talk-summary").dataset.mark;
}

/** The field is empty again, unless somebody has typed on meanwhile. */
function settle(form, text) {
  if (form.dataset.threadForm === "edit") form.hidden = true;
  if (form.dataset.threadForm === "let-in") form.reset();
  handedIn(form);
  const field = form.elements.text;
  if (field && field.value === text) field.value = form.dataset.threadForm === "say" ? "" : field.value;
  if (field && form.dataset.threadForm !== "say") field.defaultValue = field.value;
  form.closest("details.pinning, details.closing")?.removeAttribute("open");
  if (form.dataset.threadForm === "summary") field.blur();
  typingAt = 0;
  if (form.dataset.threadForm === "say") tell("viewing");
}

document.addEventListener("click", (event) => {
  const edit = event.target.closest("[data-edit-word]");
  if (!edit) return;
  const form = document.getElementById(`edit-${edit.dataset.editWord}`);
  form.hidden = false;
  edit.closest("details").open = false;
  form.elements.text.focus();
});

// ── who is here ───────────────────────────────────────────────────────────────────────────────────────────────────────
const tells = "tells" in root.dataset && body.presenceUrl;
const tell = (state, more = {}) =>
  tells && fetch(body.presenceUrl, { method: "POST", headers: { "X-CSRFToken": body.csrf }, body: new URLSearchParams({ thread: id, state }), ...more }).catch(() => null);
const here = () => tell(document.hidden ? "left" : Date.now() - typingAt < TYPING ? "typing" : "viewing");

document.addEventListener("live:presence", ({ detail }) => {
  if (String(detail.thread ?? "") !== id) return;
  const place = root.querySelector("[data-thread-people]");
  if (place) place.textContent = detail.people.map((one) => one.name).join(", ") || "–";
  const typing = detail.people.filter((one) => one.typing && one.id !== Number(body.userId)).map((one) => one.name);
  const says = document.getElementById("talk-typing");
  if (says) says.textContent = typing.length ? root.dataset.typing.replace("{name}", typing.join(", ")) : "";
});

root.addEventListener("input", (event) => {
  if (!event.target.matches("#say-text") || Date.now() - typingAt < TYPING) return;
  typingAt = Date.now();
  tell("typing");
});

if (tells) {
  here();
  setInterval(here, HERE);
  document.addEventListener("visibilitychange", here);
  document.addEventListener("live:back", here);
  window.addEventListener("pagehide", () => tell("left", { keepalive: true }));
}

for (const field of root.querySelectorAll("[data-names]")) offerNames(field, document.getElementById(field.getAttribute("aria-controls")));
if (page) root.dataset.read = document.getElementById("talk-words").dataset.newest; // to open it was to read it
else seen();
