// What the rules found in the text: marks under the words, lines below them, and fixes one key away.
import { attached } from "./attachments.js";
import { put } from "./put.js";
import { drawMarks, toNextSpot } from "./marks.js";
import { say, sayCount } from "./words.js";
import { field, form, isNote, replace } from "./writing.js";

let checked = ""; // the text that the findings are about
let offsets = [0]; // where each of its code points begins: the desk counts those, a string here UTF-16

const found = () => document.getElementById("verdict");
const findings = () => [...found().querySelectorAll(".finding")];

/** The answer of the desk about a text: findings into the sheet, the counter into the foot, marks under the words. */
export function show(html, text) {
  const template = document.createElement("template");
  template.innerHTML = html; // made and escaped by the desk
  const blank = (tag, values) => Object.assign(document.createElement(tag), values);
  const verdict = template.content.getElementById("verdict") ?? blank("div", { id: "verdict" });
  const length = template.content.getElementById("length") ?? blank("span", { id: "length", className: "counter" });
  if (!text.trim() && !attached()) verdict.replaceChildren();
  const focused = found().contains(document.activeElement);
  if (!found().isEqualNode(verdict)) put(found(), verdict);
  if (focused && !found().contains(document.activeElement)) field().focus(); // the button that had it is no more
  document.getElementById("length").replaceWith(length);
  if (html) about(text);
  else mark();
}

/** What stands below the field is about this text. */
export function about(text) {
  checked = text;
  offsets = [0];
  for (const point of text) offsets.push(offsets.at(-1) + point.length);
  mark();
  tell();
}

// ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────────
/** Finds places of the text that was checked in the text as it reads now; null for what was typed over since. */
function places() {
  const now = field().value;
  const most = Math.min(now.length, checked.length);
  let before = 0; // as much is the same at the front
  while (before < most && now[before] === checked[before]) before += 1;
  let behind = 0; // … and at the end
  while (behind < most - before && now.at(-1 - behind) === checked.at(-1 - behind)) behind += 1;
  const grown = now.length - checked.length;
  return (element) => {
    const [start, end] = [offsets[element.dataset.start], offsets[element.dataset.end]];
    if (end <= before) return [start, end];
    return start < checked.length - behind ? null : [start + grown, end + grown];
  };
}

/** The same words below the field, with what the rules marked. */
export function mark() {
  const text = field().value;
  const signed = !isNote() && text.trim();
  drawMarks(form().querySelector(".draft.under"), text, isNote() ? [] : placed(), signed ? form().dataset.signature : "");
}

/** The findings that mark words, as the text runs. */
function placed() {
  const placeOf = places();
  return findings()
    .map((line) => ({ line, severity: line.dataset.severity, at: placeOf(line) }))
    .filter(({ at }) => at && at[1] > at[0])
    .map(({ at: [start, end], ...more }) => ({ ...more, start, end }))
    .sort((one, other) => one.start - other.start);
}

// ── fixes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
/** The button of Alt and this digit. */
export const buttonOf = (digit) => found().querySelector(`[data-fix][aria-keyshortcuts="Alt+${digit}"]`);

/** Changes the text as a fix says; the caret stays at the words where it was. */
export function mend(button) {
  const at = places()(button);
  if (!at) return; // it was typed over just now: the desk is being asked
  const caret = field().selectionEnd;
  const [from, to] = button.dataset.fix === "shorten" ? [at[0], field().value.length] : at;
  const words = button.dataset.text;
  replace(from, to, words);
  const stays = caret <= from ? caret : caret < to ? from + words.length : caret + words.length - (to - from);
  field().setSelectionRange(stays, stays);
}

/** Selects the words of the next finding and says what it is. */
export function goToNext() {
  const next = toNextSpot(field(), placed());
  if (next) aloud(wordsOf(next.line));
}

// ── said to who can't see them ────────────────────────────────────────────────────────────────────────────────────────
const wordsOf = (line) => `${line.querySelector(".kind").textContent}: ${line.querySelector(".say").textContent}`;

function tell() {
  const all = findings();
  const before = form().dataset.found ?? "";
  const now = all.map(wordsOf).join(" ");
  if (now === before) return;
  form().dataset.found = now;
  aloud(all.length ? `${sayCount("found", "foundMany", all.length)} ${wordsOf(all[0])}` : say("foundNothing"));
}

function aloud(words) {
  form().querySelector("[data-aloud]").textContent = words;
}
