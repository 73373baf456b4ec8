// Writing: drafts kept by the desk while typing, who reads it, canned responses, sending.
import { alsoAttach, attached, describe, offer as offerFiles, settled } from "./attachments.js";
import { about, buttonOf, goToNext, mark, mend, show } from "./findings.js";
import { isTyping } from "./presence.js";
import { ask, stage, staged } from "./canned.js";
import { load, post } from "./shell.js";
import { say, sayCount } from "./words.js";
import { field, form, isNote, replace, visibility } from "./writing.js";

const PAUSE = 300; // after the last key the desk is asked
const PATIENCE = 10_000; // with a desk that does not answer
const RETRY = 5_000;
const MOMENT = 60_000; // for which words that a page took along are newer than what the desk has: it may be slow

let waiting = 0;
let asked = 0; // counts the texts: an answer about one that has been typed over says nothing any more
let tried = ""; // what was sent last
let saving = Promise.resolve(); // one draft is on its way at a time, and arrives before its reply
let offering = null; // the list that is open: "canned" or "people"

/** Whether there is anything to send. */
const written = () => Boolean(field().value.trim() || (!isNote() && attached()));

/** The newest event that the writer had seen when they began, empty where nothing is being written. */
export const begun = () => (form() && written() ? form().elements.seen.value : "");

// ── draft and findings ────────────────────────────────────────────────────────────────────────────────────────────────
function changed() {
  const own = form();
  own.elements.key.value = ""; // another text is another reply
  if (!field().value.trim()) beginWith(own, "", "", {});
  own.dataset.dirty = "1";
  asked += 1;
  mark();
  ready();
  if (field().value.trim()) isTyping();
  clearTimeout(waiting);
  waiting = setTimeout(save, PAUSE);
}

/** Keeps the text and asks for its findings. While one question is on its way, only the newest waits behind it. */
async function save() {
  const question = ++asked;
  await saving;
  const own = form();
  if (!own || question !== asked) return;
  const values = { text: field().value, visibility: visibility(), seen: own.elements.seen.value, attached: attached() };
  const sent = post(own.dataset.draftUrl, values, AbortSignal.timeout(PATIENCE)).catch(() => null);
  saving = sent;
  const answer = await sent;
  if (question !== asked || !own.isConnected) return;
  own.dataset.kept = answer?.ok ? (values.text.trim() || values.attached ? "saved" : "") : "notSaved";
  if (!answer?.ok) {
    ready();
    if (!answer || answer.status >= 500) waiting = setTimeout(save, RETRY); // else it would be refused again
    return;
  }
  delete own.dataset.dirty;
  const html = answer.status === 204 ? "" : await answer.text();
  if (question === asked && own.isConnected) verdict(html, values.text);
}

function verdict(html, text) {
  show(html, text);
  ready();
}

// ── who reads it ──────────────────────────────────────────────────────────────────────────────────────────────────────
const ways = () => [...form().querySelectorAll('[role="radio"]')];

function choose(value, { focus = true } = {}) {
  const own = form();
  const chosen = ways().find((way) => way.value === value);
  if (!chosen) return;
  own.elements.visibility.value = value;
  own.dataset.visibility = value;
  for (const way of ways()) {
    way.setAttribute("aria-checked", String(way === chosen));
    way.tabIndex = way === chosen ? 0 : -1;
  }
  const words = own.querySelector("[data-reader-words]");
  words.textContent = chosen.dataset.reader;
  words.classList.toggle("private-text", value === "private");
  words.classList.toggle("muted", value !== "private");
  const open = chosen.dataset.open === "1";
  for (const part of own.querySelectorAll("[data-closed], [data-window]")) {
    part.hidden = (part.dataset.closed ?? part.dataset.window) !== value;
  }
  for (const part of own.querySelectorAll(".sheet, .foot")) part.hidden = !open;
  closeOffers();
  verdict("", field().value);
  if (open && focus && document.activeElement !== field()) {
    field().focus();
    field().setSelectionRange(field().value.length, field().value.length); // behind what the draft says already
  }
  if (open && written()) changed();
}

// ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────────────
function ready() {
  const own = form();
  const button = own.querySelector("[data-send]");
  const found = document.getElementById("verdict");
  const blocking = isNote() ? 0 : Number(found.dataset.blocking ?? 0);
  const approval = !isNote() && found.dataset.approval === "1";
  const may = written() && blocking === 0;
  button.setAttribute("aria-disabled", String(!may));
  for (const part of own.querySelectorAll("[data-for-reply]")) part.hidden = isNote();
  offerFiles();
  button.querySelector("span").textContent = approval ? button.dataset.approval : button.dataset[visibility()];
  own.querySelector("[data-hint]").textContent = blocking
    ? sayCount("solve", "solveMany", blocking)
    : own.dataset.kept
      ? say(own.dataset.kept)
      : "";
  return may;
}

/** `way`: `ask` for a colleague's approval, `later` when it leaves. Sending anyway goes the way that was tried before. */
async function send({ anyway = false, way = {} } = {}) {
  const own = form();
  if (!written() || own.dataset.sending || own.querySelector(".sheet").hidden) return;
  clearTimeout(waiting);
  asked += 1; // an answer that is under way is about what has gone by then
  own.elements.key.value ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  own.elements.anyway.value = anyway ? "1" : "";
  if (!anyway) Object.assign(own.elements.ask, { value: way.ask ?? "" });
  if (!anyway) Object.assign(own.elements.later, { value: way.later ?? "" });
  own.dataset.sending = "1";
  const here = document.getElementById("conversation");
  await settled();
  await saving;
  const address = own.elements.visibility.value === "note" ? own.dataset.noteUrl : own.dataset.replyUrl;
  const names = ["text", "visibility", "seen", "key", "anyway", "canned", "canned_text", "ask", "later"];
  const values = { ...Object.fromEntries(names.map((name) => [name, own.elements[name].value])), staged: staged(), attached: attached() };
  tried = own.dataset.sent = values.text;
  const source = own.isConnected ? own : "#main"; // another ticket was opened meanwhile: the reply leaves all the same
  load("POST", address, { source, target: here, swap: "keyed", values }).finally(() => {
    delete own.dataset.sending;
    delete own.dataset.sent;
    const fresh = form();
    if (fresh && fresh !== own) begin();
    else if (fresh) ready();
  });
}

// ── lists that open while typing: canned responses behind a slash, colleagues behind an @ ─────────────────────────────
const offers = () => document.getElementById("offers");
const options = () => [...offers().querySelectorAll('[role="option"]:not([aria-disabled])')];
const selected = () => offers()?.querySelector('[aria-selected="true"]');

/** The word before the caret that asks for a list. */
function trigger() {
  const before = field().value.slice(0, field().selectionStart);
  const found = isNote() ? /(^|\s)@([\w.+-]*)$/.exec(before) : /(^|\s)\/([\w-]*)$/.exec(before);
  return found && { typed: found[2], start: before.length - found[2].length - 1, kind: isNote() ? "people" : "canned" };
}

async function offer() {
  const wish = trigger();
  if (!wish) return closeOffers();
  const own = form();
  const base = wish.kind === "people" ? document.getElementById("main").dataset.peopleUrl : own.dataset.cannedUrl;
  const headers = { "HX-Request": "true" };
  const answer = await fetch(`${base}?visibility=${visibility()}&q=${encodeURIComponent(wish.typed)}`, { headers }).catch(() => null);
  if (!answer?.ok || !own.isConnected || trigger()?.typed !== wish.typed) return;
  offers().innerHTML = await answer.text(); // made and escaped by the desk
  offers().hidden = false;
  offering = wish.kind;
  select(options()[0]);
}

function select(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function closeOffers() {
  if (!offering) return;
  offering = null;
  offers().hidden = true;
  offers().replaceChildren();
  field().removeAttribute("aria-activedescendant");
}

/** What the text began as: the desk counts what came of it. */
function beginWith(own, id, words, { staged: keys, stagedWords }) {
  own.elements.canned.value = id;
  own.elements.canned_text.value = words;
  stage(keys, stagedWords);
}

async function take(option) {
  const wish = trigger();
  const end = field().selectionStart;
  const about = form().dataset.draftUrl;
  closeOffers();
  const words = option.dataset.askUrl ? await ask(option.dataset.askUrl, visibility()) : option.dataset.insert;
  if (form()?.dataset.draftUrl !== about || words === null) return field()?.focus(); // another ticket was opened meanwhile
  if (option.dataset.cannedId) beginWith(form(), option.dataset.cannedId, words, option.dataset);
  replace(wish ? wish.start : end, end, words);
  if (option.dataset.files) alsoAttach({ canned: option.dataset.cannedId });
}

// ── what reaches the composer ─────────────────────────────────────────────────────────────────────────────────────────
document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  changed();
  offer();
});

document.addEventListener("click", (event) => {
  const way = event.target.closest('.composer [role="radio"]');
  if (way) choose(way.value);
  const other = event.target.closest("[data-choose]");
  if (other) choose(other.dataset.choose);
  const words = event.target.closest("[data-write]");
  if (words?.dataset.write) write(words.dataset.where ?? visibility(), words.dataset.write);
  for (const file of words?.dataset.answerFiles?.match(/\d+/g) ?? []) alsoAttach({ answer_file: file });
  const option = event.target.closest("#offers [role='option']:not([aria-disabled])");
  if (option) take(option);
  const button = event.target.closest("[data-fix]");
  if (button) apply(button);
  if (event.target.closest("[data-canned]")) openCanned();
  if (event.target.closest("[data-send-anyway]")) send({ anyway: true });
  if (event.target.closest("[data-read-first]")) readFirst();
  if (event.target.closest("[data-ask]")) send({ way: { ask: "1" } });
  const later = event.target.closest("[data-later]")?.dataset.later;
  const at = later === "at" ? document.getElementById("later-at").value : later;
  if (at) send({ way: { later: at } });
  const reuse = event.target.closest("[data-reuse]");
  if (reuse) takeBack(reuse.closest(".entry"));
});

function apply(button) {
  if (button.dataset.fix === "describe") return describe(button.dataset.attachment);
  if (button.dataset.fix !== "move_to_private") return mend(button);
  const { selectionStart, selectionEnd } = field();
  choose("private");
  field().setSelectionRange(selectionStart, selectionEnd);
}

/** Puts words behind what stands already, for these readers. */
function write(way, words) {
  choose(way);
  const before = field().value;
  const end = before.length;
  replace(end, end, before && !/\s$/.test(before) ? ` ${words}` : words);
}

function openCanned() {
  const before = field().value.slice(0, field().selectionStart);
  field().focus();
  replace(field().selectionStart, field().selectionEnd, before && !/\s$/.test(before) ? " /" : "/");
  offer();
}

/** “Read it first”: the newest message in sight, and the draft counts as begun now. */
async function readFirst() {
  const here = document.getElementById("conversation");
  const thread = document.getElementById("thread");
  form().elements.seen.value = here.dataset.seen;
  document.getElementById("stale").hidden = true;
  thread.scrollTop = thread.scrollHeight;
  thread.focus();
  await post(here.dataset.readOnUrl, {}).catch(() => null);
  await load("GET", here.dataset.freshUrl, { source: here, target: here, swap: "keyed" });
  if (here.isConnected) form().elements.seen.value = here.dataset.seen;
}

function takeBack(entry) {
  const words = entry.querySelector("p.said").cloneNode(true);
  words.querySelector(".signature")?.remove();
  choose(entry.classList.contains("private") ? "private" : "public");
  replace(0, field().value.length, words.textContent.trim());
  if (entry.querySelector(".attachments")) alsoAttach({ reply: entry.dataset.reply });
}

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  send();
});

document.addEventListener("keydown", (event) => {
  if (!form() || !event.target.closest?.("#composer")) return;
  const radio = event.target.closest('[role="radio"]');
  if (radio && event.key.startsWith("Arrow")) {
    event.preventDefault();
    const all = ways();
    const step = ["ArrowRight", "ArrowDown"].includes(event.key) ? 1 : -1;
    const next = all[(all.indexOf(radio) + step + all.length) % all.length];
    choose(next.value, { focus: false });
    next.focus();
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  } else if (event.key === "F8") {
    event.preventDefault();
    goToNext();
  } else if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
    const button = buttonOf(event.code.slice(5));
    if (button) {
      event.preventDefault();
      apply(button);
    }
  } else if (offering && event.target === field()) inOffers(event);
});

function inOffers(event) {
  const all = options();
  const at = all.indexOf(selected());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") select(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  else if ((event.key === "Enter" || event.key === "Tab") && selected()) take(selected());
  else if (event.key === "Escape") closeOffers();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

window.addEventListener("pagehide", () => {
  leave();
  keep();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "conversation") keep();
});

/** What was typed last goes to the desk before the page goes away. */
function keep() {
  const own = form();
  if (!own?.dataset.dirty || own.dataset.sending) return; // the findings are asked for as planned
  saving = fetch(own.dataset.draftUrl, {
    method: "POST",
    keepalive: true,
    headers: { "X-CSRFToken": document.body.dataset.csrf },
    body: new URLSearchParams({ text: field().value, visibility: visibility(), seen: own.elements.seen.value }),
  }).catch(() => null);
}

/** A page that is loaded at once may have been made before the draft arrived: the words go along in the tab. */
function leave() {
  const own = form();
  if (!own?.dataset.dirty || own.dataset.sending) return;
  const words = { url: own.dataset.draftUrl, text: field().value, visibility: visibility(), seen: own.elements.seen.value, at: Date.now() };
  sessionStorage.setItem("left", JSON.stringify(words));
}

function arrive() {
  const left = JSON.parse(sessionStorage.getItem("left") ?? "null");
  sessionStorage.removeItem("left");
  if (!left || left.url !== form()?.dataset.draftUrl || Date.now() - left.at > MOMENT) return;
  field().value = left.text;
  form().elements.seen.value = left.seen;
  if (left.visibility === visibility()) changed();
  else choose(left.visibility, { focus: false });
}

/** A composer that was drawn: with a draft in it the desk is asked what it thinks of it. */
function begin() {
  if (!form()) return;
  offering = null;
  const { meant } = form().dataset; // what was written into the one that stood here before, and for whom
  delete form().dataset.meant;
  if (meant && meant !== visibility()) choose(meant, { focus: false });
  else if (meant && written()) changed();
  mark();
  ready();
  if (written() && !isNote()) save();
}

document.addEventListener("htmx:afterSwap", (event) => {
  const refused = form() && event.detail.target?.id; // refused on sending: the desk says why
  if (refused === "verdict") about(tried);
  else if (refused === "stale") form().dataset.kept = "notSent"; // the notice is drawn anew with each event, this is not
  else return;
  ready();
});
document.addEventListener("desk:attached", changed);
document.addEventListener("live:rulebook", begin); // other rules hold now: what stands here is looked at once more
document.addEventListener("desk:opened", begin);
document.addEventListener("desk:put", ({ detail }) => detail.element.id === "composer" && begin());
arrive();
