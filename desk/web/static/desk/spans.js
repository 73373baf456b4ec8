// The hours of a week as text and as spans. What is read here is what desk/web/hours.py reads; a test compares the two.
// A span has a `day` from 0 for Monday, and a `start` and an `end` in minutes; an end past midnight lies on the next day.
export const DAY = 1440;
export const WEEK = 7 * DAY;
export const STEP = 15; // minutes to which what is dragged snaps

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const two = (number) => String(number).padStart(2, "0");

export const clock = (minute) => {
  const shown = minute > DAY ? minute - DAY : minute;
  return `${two(Math.floor(shown / 60))}:${two(shown % 60)}`;
};

function minutes(text) {
  const found = TIME.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

/** A time as somebody types it in a hurry, “9”, “930”, “9.30”; null where it is none. */
export function typed(text, isEnd) {
  const plain = text.trim().replace(/[.h]/, ":");
  const full = /^\d{1,2}$/.test(plain) ? `${plain}:00` : plain.replace(/^(\d{1,2})(\d\d)$/, "$1:$2");
  return isEnd && full === "24:00" ? DAY : minutes(full);
}

/** The spans that stand in the text of a day; null where it can't be read. */
export function read(text, day) {
  const spans = [];
  for (const part of text.split(/[,;]/).map((one) => one.trim()).filter(Boolean)) {
    const times = part.split(/\s*[-–—]\s*/);
    const start = minutes(times[0]);
    const end = times[1] === "24:00" ? DAY : minutes(times[1] ?? "");
    if (times.length !== 2 || start === null || end === null) return null;
    spans.push({ day, start, end: end > start ? end : end + DAY });
  }
  return spans.sort((a, b) => a.start - b.start);
}

export const write = (spans) =>
  spans.toSorted((a, b) => a.start - b.start).map((one) => `${clock(one.start)}–${clock(one.end)}`).join(", ");

const from = (span) => span.day * DAY + span.start;
const until = (span) => span.day * DAY + span.end;

/** Whether a span lies over none of the others, also around the end of the week. */
export const isFree = (span, others) =>
  others.every((other) => [-WEEK, 0, WEEK].every((turn) => until(span) <= from(other) + turn || until(other) + turn <= from(span)));

/** The latest end and the earliest start that a span may be stretched to. */
export function room(span, others) {
  const gap = (later, earlier) => (((later - earlier) % WEEK) + WEEK) % WEEK;
  const after = Math.min(...others.map((other) => gap(from(other), until(span))), WEEK);
  const before = Math.min(...others.map((other) => gap(from(span), until(other))), WEEK);
  return { end: Math.min(span.end + after, span.start + DAY), start: Math.max(span.start - before, span.end - DAY, 0) };
}

/** The same span, `by` minutes later in the week, which goes round. */
export function shifted(span, by) {
  const at = (((from(span) + by) % WEEK) + WEEK) % WEEK;
  const start = at % DAY;
  return { day: Math.floor(at / DAY), start, end: start + span.end - span.start };
}

export const snap = (minute) => Math.round(minute / STEP) * STEP;
