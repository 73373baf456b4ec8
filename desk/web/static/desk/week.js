// A week that is drawn: hours are dragged, moved, stretched and copied, with the mouse, a finger or keys alone.
// The text fields are what is sent and what counts. Each change is written into them; whatever is typed in them is drawn.
import { button, hours, column, lay, shape, SCALE } from "./shapes.js";
import { DAY, STEP, clock, isFree, read, room, shifted, snap, typed, write } from "./spans.js";

const WORKDAY = [9 * 60, 17 * 60]; // what a new span is, where there is room for it
const WORKDAYS = 5;
const MOST_UNDONE = 50;

for (const root of document.querySelectorAll("[data-week]")) week(root);

function week(root) {
  const one = (name) => root.querySelector(`[data-week-${name}]`);
  const inputs = [...root.querySelectorAll('input[name^="week."]')];
  const names = inputs.map((input) => input.labels[0].firstChild.textContent.trim());
  const say = (name, values) => root.dataset[`say${name}`].replace(/\{(\w+)\}/g, (_, part) => values[part]);
  const words = (span) => say(span.end > DAY ? "Over" : "Span", { day: names[span.day], start: clock(span.start), end: clock(span.end) });
  const tell = (text) => (one("status").textContent = text);

  let spans = [];
  let chosen = null;
  let dragged = null; // what is under the pointer: {span, how, grab, before}
  const unread = new Set(); // days whose text says no hours
  const drawn = new Map(); // span: its group, and what of it lies on the next day
  const undone = [];
  const columns = [];

  // ── between the text and what is drawn ──────────────────────────────────────────────────────────────────────────────
  const others = (span) => spans.filter((other) => other !== span);
  const texts = () => inputs.map((input) => input.value);

  function take(day) {
    const found = read(inputs[day].value, day);
    spans = [...spans.filter((span) => span.day !== day), ...(found ?? [])];
    found ? unread.delete(day) : unread.add(day);
    if (chosen && !spans.includes(chosen)) choose(null);
  }

  /** Writes what has changed into the fields, and says so to whoever listens to them. */
  function put() {
    inputs.forEach((input, day) => {
      if (unread.has(day)) return;
      const text = write(spans.filter((span) => span.day === day));
      if (write(read(input.value, day) ?? []) === text && read(input.value, day)) return;
      input.value = text;
      input.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: root }));
    });
    paint();
  }

  function remember(before = texts()) {
    undone.push(before);
    if (undone.length > MOST_UNDONE) undone.shift();
    one("undo").disabled = false;
  }

  function undo() {
    const before = undone.pop();
    one("undo").disabled = !undone.length;
    if (!before) return;
    const changed = inputs.findIndex((input, day) => input.value !== before[day]);
    inputs.forEach((input, day) => {
      if (input.value === before[day]) return;
      input.value = before[day];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const span = spans.find((one) => one.day === changed);
    if (document.activeElement === document.body) (span ? drawn.get(span).group : columns[Math.max(changed, 0)].head).focus();
    tell(say("Undone"));
  }

  // ── changes: each gives back whether there was room ─────────────────────────────────────────────────────────────────
  function become(span, wanted) {
    if (wanted.end <= wanted.start || wanted.end - wanted.start > DAY) return false;
    if (unread.has(wanted.day) || !isFree(wanted, others(span))) return false;
    Object.assign(span, wanted);
    return true;
  }
  const stretchEnd = (span, end) => (span.end = Math.max(Math.min(end, room(span, others(span)).end), span.start + STEP));
  const stretchStart = (span, start) => (span.start = Math.min(Math.max(start, room(span, others(span)).start), span.end - STEP, DAY - 1));

  function add(span) {
    if (unread.has(span.day) || !isFree(span, spans)) return null;
    spans.push(span);
    return span;
  }

  function remove(span) {
    remember();
    const next = others(span).toSorted((a, b) => a.day - b.day || a.start - b.start).find((other) => other.day >= span.day);
    spans = others(span);
    choose(null);
    put();
    tell(say("Removed", { what: words(span) }));
    (next ? drawn.get(next).group : columns[span.day].head).focus();
  }

  function addTo(day) {
    const last = Math.max(0, ...spans.filter((span) => span.day === day).map((span) => span.end));
    const before = texts();
    const span = add({ day, start: WORKDAY[0], end: WORKDAY[1] }) ?? (last < DAY && add({ day, start: last, end: Math.min(last + 60, DAY) }));
    if (!span) return tell(say("Full"));
    remember(before);
    put();
    focus(span);
  }

  function copy(day, to) {
    if (unread.has(day)) return;
    const before = texts();
    const pattern = spans.filter((span) => span.day === day);
    for (const target of to.filter((other) => other !== day)) {
      const kept = spans.filter((span) => span.day !== target);
      const copies = pattern.map((span) => ({ ...span, day: target }));
      if (!copies.every((span) => isFree(span, kept))) return refuseCopy(before);
      unread.delete(target);
      spans = [...kept, ...copies];
    }
    choose(null);
    remember(before);
    put();
    tell(say("Copied", { day: names[day] }));
  }

  /** Nights that run into one another: what was there stays. */
  function refuseCopy(before) {
    before.forEach((_text, day) => take(day));
    paint();
    tell(say("Full"));
  }

  // ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  function build() {
    const short = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
    names.forEach((name, day) => {
      const label = short.format(new Date(Date.UTC(2024, 0, 1 + day))); // a Monday
      columns.push(column(day, label, say("Add", { day: name }), say("Unread")));
      columns[day].head.addEventListener("click", () => addTo(day));
      one("to").append(button(label, say("Copy", { day: name }), () => copy(Number(one("from").value), [day])));
      one("from").append(new Option(name, day));
    });
    const [heads, fields] = [columns.map(({ head }) => head), columns.map(({ field }) => field)];
    one("grid").append(document.createElement("span"), ...heads, hours(), ...fields);
  }

  function made(span) {
    const parts = shape();
    parts.group.addEventListener("focus", () => choose(span));
    parts.group.addEventListener("keydown", (event) => key(event, span));
    for (const part of Object.values(parts)) part.addEventListener("pointerdown", (event) => grab(event, span));
    return parts;
  }

  const place = (span, parts) => lay(span, parts, words(span), span === chosen, columns[(span.day + 1) % 7].field);

  function paint() {
    for (const [span, { group, rest }] of drawn) {
      if (spans.includes(span)) continue;
      group.remove();
      rest.remove();
      drawn.delete(span);
    }
    const focused = document.activeElement;
    columns.forEach(({ field }, day) => {
      field.classList.toggle("is-unread", unread.has(day));
      const here = spans.filter((span) => span.day === day).toSorted((a, b) => a.start - b.start);
      for (const span of here) if (!drawn.has(span)) drawn.set(span, made(span));
      const groups = here.map((span) => drawn.get(span).group);
      const now = [...field.querySelectorAll(".span:not(.rest)")];
      if (groups.length !== now.length || groups.some((group, at) => group !== now[at])) field.append(...groups);
    });
    for (const [span, parts] of drawn) place(span, parts);
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    show();
  }

  // ── the one that is chosen ──────────────────────────────────────────────────────────────────────────────────────────
  function choose(span) {
    chosen = span;
    if (span) one("from").value = span.day;
    for (const [other, parts] of drawn) place(other, parts);
    show();
  }

  function focus(span) {
    choose(span);
    drawn.get(span).group.focus({ preventScroll: true });
    tell(words(span));
  }

  function show() {
    const times = { start: one("start"), end: one("end") };
    one("one").classList.toggle("is-empty", !chosen);
    one("remove").disabled = !chosen;
    if (chosen) one("name").textContent = names[chosen.day];
    for (const [name, input] of Object.entries(times)) {
      input.disabled = !chosen;
      if (document.activeElement !== input) input.value = chosen ? clock(chosen[name]) : "";
      input.removeAttribute("aria-invalid");
    }
  }

  /** Times that were typed: to the minute, where dragging snaps. */
  function keep(input) {
    if (!chosen) return false;
    const start = typed(one("start").value, false);
    const end = typed(one("end").value, true);
    const before = texts();
    const isTime = start !== null && end !== null;
    if (!isTime || !become(chosen, { day: chosen.day, start, end: end > start ? end : end + DAY })) {
      input.setAttribute("aria-invalid", "true");
      tell(say(isTime ? "Full" : "Time"));
      return false;
    }
    if (write(spans.filter((span) => span.day === chosen.day)) !== before[chosen.day]) remember(before);
    put();
    tell(words(chosen));
    return true;
  }

  // ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────
  function key(event, span) {
    const by = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    if (event.ctrlKey || event.metaKey) return;
    if (by && event.shiftKey) step(event, span, () => stretchEnd(span, span.end + by));
    else if (by && event.altKey) step(event, span, () => stretchStart(span, span.start + by));
    else if (by) step(event, span, () => become(span, shifted(span, by)));
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      step(event, span, () => become(span, shifted(span, event.key === "ArrowLeft" ? -DAY : DAY)));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(span);
    } else if (event.key === "Enter" || event.key === " " || /^\d$/.test(event.key)) {
      if (!/^\d$/.test(event.key)) event.preventDefault(); // a digit is typed into the field that has focus by then
      one("start").focus();
      one("start").select();
    }
  }

  function step(event, span, change) {
    event.preventDefault();
    const [before, was] = [texts(), words(span)];
    change();
    if (words(span) === was) return tell(say("Full"));
    remember(before);
    put();
    tell(words(span));
  }

  // ── the mouse and fingers ───────────────────────────────────────────────────────────────────────────────────────────
  /** The column under the pointer, and the minute of its day. */
  function spot({ clientX, clientY }) {
    const boxes = columns.map(({ field }) => field.getBoundingClientRect());
    const found = boxes.findIndex((box) => clientX < box.right);
    const day = found < 0 ? 6 : found;
    return { day, minute: Math.min(Math.max((clientY - boxes[day].top) / SCALE, 0), DAY) };
  }

  function grab(event, span) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const at = spot(event);
    dragged = { span, how: event.target.dataset.edge ?? "move", grab: at.day * DAY + at.minute - (span.day * DAY + span.start), before: texts() };
    focus(span);
  }

  function drag(event) {
    const { span, how, grab: held } = dragged;
    const at = spot(event);
    const later = (at.day - span.day) * DAY + at.minute; // from the midnight on which the span's day begins
    if (how === "move") become(span, shifted({ day: 0, start: 0, end: span.end - span.start }, snap(at.day * DAY + at.minute - held)));
    else if (how === "start") stretchStart(span, snap(later));
    else if (how === "end") stretchEnd(span, snap(later < 0 ? later + 7 * DAY : later));
    else stretchFrom(span, how.anchor, snap(later));
    put();
  }

  /** A span that is being drawn grows to both sides of where it began. */
  function stretchFrom(span, anchor, to) {
    if (to >= anchor + STEP) {
      stretchStart(span, anchor);
      stretchEnd(span, to);
    } else {
      stretchEnd(span, anchor + STEP);
      stretchStart(span, to);
    }
  }

  function begin(event) {
    const field = event.target.closest(".day");
    if (!field || event.button || event.pointerType === "touch") return; // a finger scrolls here; a tap adds
    event.preventDefault();
    const anchor = Math.min(Math.floor(spot(event).minute / STEP) * STEP, DAY - STEP);
    const before = texts();
    const span = add({ day: Number(field.dataset.at), start: anchor, end: anchor + STEP });
    if (!span) return;
    dragged = { span, how: { anchor }, before, isNew: true };
    paint();
    focus(span);
  }

  function tap(event) {
    const field = event.target.closest(".day");
    if (!field || event.pointerType !== "touch" || event.target.closest(".span")) return;
    const start = Math.floor(spot(event).minute / 60) * 60;
    const before = texts();
    const span = add({ day: Number(field.dataset.at), start: Math.min(start, DAY - 60), end: Math.min(start, DAY - 60) + 60 });
    if (!span) return tell(say("Full"));
    remember(before);
    put();
    focus(span);
  }

  function drop() {
    const { span, before, isNew } = dragged;
    dragged = null;
    if (isNew && span.end - span.start === STEP) stretchEnd(span, span.start + 60); // a click is an hour
    put();
    if (texts().some((text, day) => text !== before[day])) remember(before);
    tell(words(span));
  }

  function giveUp() {
    const { before } = dragged;
    dragged = null;
    inputs.forEach((input, day) => {
      input.value = before[day];
      take(day);
    });
    choose(null);
    paint();
  }

  // ── listening ───────────────────────────────────────────────────────────────────────────────────────────────────────
  build();
  inputs.forEach((_input, day) => take(day));
  paint();
  inputs.forEach((input, day) =>
    input.addEventListener("input", (event) => {
      if (event.detail === root) return;
      take(day);
      paint();
    }),
  );
  one("grid").addEventListener("pointerdown", begin);
  one("grid").addEventListener("click", tap);
  document.addEventListener("pointermove", (event) => dragged && drag(event));
  document.addEventListener("pointerup", () => dragged && drop());
  document.addEventListener("pointercancel", () => dragged && giveUp());
  document.addEventListener("keydown", (event) => event.key === "Escape" && dragged && giveUp());
  root.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || !event.target.closest("[data-week-grid], [data-week-tools]")) return;
    event.preventDefault();
    undo();
  });
  one("one").addEventListener("change", (event) => keep(event.target));
  one("one").addEventListener("keydown", (event) => {
    if (event.target.localName !== "input" || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    const span = chosen;
    if (event.key === "Enter" && !keep(event.target)) return;
    if (event.key === "Escape") event.target.value = clock(span[event.target === one("start") ? "start" : "end"]);
    focus(span);
  });
  one("remove").addEventListener("click", () => chosen && remove(chosen));
  one("workdays").addEventListener("click", () => copy(Number(one("from").value), [...inputs.keys()].slice(0, WORKDAYS)));
  one("all").addEventListener("click", () => copy(Number(one("from").value), [...inputs.keys()]));
  one("undo").addEventListener("click", undo);
  one("drawn").hidden = false;
  one("tools").hidden = false;
}
