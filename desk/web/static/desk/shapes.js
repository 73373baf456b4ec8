// What a drawn week is made of: its columns, and the two parts of a span, on its day and past midnight.
import { DAY, clock } from "./spans.js";

export const SCALE = 0.4; // pixels a minute
const HEIGHT = DAY * SCALE;
const EDGE = 4; // pixels on both sides of an end by which it is taken
const LEGIBLE = 16; // pixels that a line of text needs

const draw = (name, attributes = {}) => set(document.createElementNS("http://www.w3.org/2000/svg", name), attributes);
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A button that says less than it is called. */
export function button(text, label, press) {
  const made = set(document.createElement("button"), { type: "button", class: "button", "aria-label": label });
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

/** The hours beside the columns. */
export function hours() {
  const scale = draw("svg", { class: "hours", height: HEIGHT, "aria-hidden": "true" });
  for (let hour = 0; hour <= 24; hour += 3) {
    const y = Math.min(Math.max(hour * 60 * SCALE + 4, 10), HEIGHT - 2);
    scale.appendChild(draw("text", { x: "100%", dx: -6, y, "text-anchor": "end" })).textContent = clock(hour * 60);
  }
  return scale;
}

/** The head of a day, which adds hours to it, and the field in which they are drawn. */
export function column(day, label, adds, unread) {
  const head = set(document.createElement("button"), { type: "button", class: "day-head", "aria-label": adds });
  const plus = draw("svg", { class: "icon", "aria-hidden": "true" });
  plus.append(draw("use", { href: "#i-plus" }));
  head.append(label, plus);
  const field = draw("svg", { class: "day", height: HEIGHT, "data-at": day });
  field.append(draw("rect", { class: "ground", width: "100%", height: HEIGHT }));
  for (let hour = 1; hour < 24; hour++) {
    const y = hour * 60 * SCALE;
    field.append(draw("line", { class: hour % 3 ? "fine" : "hour", x1: 0, x2: "100%", y1: y, y2: y }));
  }
  const words = draw("text", { class: "unread", x: "50%", y: HEIGHT / 2, "text-anchor": "middle" });
  field.appendChild(words).textContent = unread;
  return { head, field };
}

/** A span that is nowhere yet: `group` on its day, `rest` on the next. */
export function shape() {
  const body = () => draw("rect", { class: "body", x: "2%", width: "96%", rx: 2 });
  const edge = (which) => draw("rect", { class: "edge", width: "100%", height: 2 * EDGE, "data-edge": which });
  const group = draw("g", { class: "span", tabindex: 0, role: "button" });
  group.append(body(), draw("text", { x: "7%" }), edge("start"), edge("end"));
  const rest = draw("g", { class: "span rest", "aria-hidden": "true" });
  rest.append(set(body(), { y: -3 }), edge("end"));
  return { group, rest };
}

/** Puts both where the span lies; what lies past midnight into the field `after` its own. */
export function lay(span, { group, rest }, label, isChosen, after) {
  const end = Math.min(span.end, DAY);
  const [body, text, first, last] = group.children;
  const [top, height] = [span.start * SCALE, (end - span.start) * SCALE];
  set(body, { y: top, height: Math.max(height, 2) });
  set(text, { y: top + 14 });
  text.textContent = height >= LEGIBLE ? `${clock(span.start)}–${clock(span.end)}` : "";
  set(first, { y: top - EDGE });
  set(last, { y: end * SCALE - EDGE });
  last.toggleAttribute("hidden", span.end > DAY);
  set(group, { "aria-label": label, "aria-pressed": String(isChosen) });
  rest.classList.toggle("is-chosen", isChosen);
  if (span.end <= DAY) return rest.remove();
  if (rest.parentNode !== after) after.append(rest);
  set(rest.children[0], { height: (span.end - DAY) * SCALE + 3 });
  set(rest.children[1], { y: (span.end - DAY) * SCALE - EDGE });
}
