// On a small screen, where nothing is drawn, each day has its hours as fields of times. The text field stays what is sent.
import { DAY, clock, read, write } from "./spans.js";

const WORKDAY = [9 * 60, 17 * 60];

for (const root of document.querySelectorAll("[data-week]")) {
  for (const input of root.querySelectorAll('input[name^="week."]')) times(root, input);
}

function times(root, input) {
  const day = input.labels[0].firstChild.textContent.trim();
  const say = (name, values = {}) => root.dataset[`say${name}`].replace(/\{(\w+)\}/g, (_, part) => ({ day, ...values })[part]);
  const place = document.createElement("div");
  place.className = "week-times";
  input.after(place);

  function keep(spans) {
    input.value = write(spans);
    input.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: place }));
  }

  function field(minute, name) {
    const time = Object.assign(document.createElement("input"), { type: "time", className: "input", value: clock(minute % DAY) });
    time.setAttribute("aria-label", say(name));
    time.addEventListener("change", () => keep(typed()));
    return time;
  }

  function button(icon, label, press) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button quiet" });
    made.setAttribute("aria-label", label);
    made.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#i-${icon}"/></svg>`;
    made.addEventListener("click", press);
    return made;
  }

  function row(span) {
    const made = document.createElement("div");
    const what = say(span.end > DAY ? "Over" : "Span", { start: clock(span.start), end: clock(span.end) });
    const remove = button("close", say("Remove", { what }), () => {
      made.remove();
      keep(typed());
      show();
      place.querySelector(".add").focus();
    });
    made.append(field(span.start, "From"), "–", field(span.end, "Until"), remove);
    return made;
  }

  /** The rows as text; one that is not complete is no hours yet. */
  function typed() {
    const rows = [...place.querySelectorAll("div")].map((one) => [...one.querySelectorAll("input")].map((time) => time.value));
    const text = rows.filter((both) => both.every(Boolean)).map((both) => both.join("–"));
    return read(text.join(", "), 0);
  }

  function add() {
    const spans = typed();
    const last = Math.max(0, ...spans.map((span) => span.end));
    const [start, end] = spans.length ? [last, Math.min(last + 60, DAY)] : WORKDAY;
    if (last >= DAY) return;
    keep([...spans, { day: 0, start, end }]);
    show();
    [...place.querySelectorAll("div")].at(-1).firstChild.focus();
  }

  function show() {
    const spans = read(input.value, 0);
    place.hidden = spans === null;
    const more = button("plus", say("Add"), add);
    more.classList.add("add");
    const none = Object.assign(document.createElement("span"), { className: "muted", textContent: input.placeholder });
    place.replaceChildren(...(spans ?? []).map(row), ...(spans?.length ? [] : [none]), more);
  }

  input.addEventListener("input", (event) => event.detail !== place && show());
  show();
}
