// Pictures of a conversation, large and by keyboard: ← and → go to the next one, + and - enlarge and reduce, 0 fits it
// in again, Esc closes. What is enlarged is moved with the arrows or by dragging the bars, and a click does both.
import { heir } from "./put.js";
import { say } from "./words.js";

const viewer = document.getElementById("viewer");
const frame = viewer?.querySelector("[data-frame]");
const large = viewer?.querySelector("img");
const SIZES = [1, 1.5, 2, 3, 4]; // times what fits in
let shown = [];
let place = 0;
let size = 0; // its place among the sizes

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-look]");
  if (!link || !viewer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  shown = [...document.querySelectorAll("a[data-look]")];
  viewer.showModal();
  look(shown.indexOf(link));
});

function look(number) {
  place = (number + shown.length) % shown.length;
  const small = shown[place].querySelector("img");
  fit();
  large.src = shown[place].href;
  large.alt = small.alt;
  viewer.querySelector("figcaption").textContent = small.alt;
  viewer.querySelector("[data-whole]").href = shown[place].href;
  for (const button of viewer.querySelectorAll("[data-step]")) button.hidden = shown.length < 2;
}

function fit() {
  size = 0;
  frame.classList.remove("enlarged");
  large.removeAttribute("width");
  tell();
}

/** One size more or less, with the middle of what is seen staying where it is. */
function zoom(by) {
  const next = Math.min(Math.max(size + by, 0), SIZES.length - 1);
  if (next === size) return;
  if (!next) return fit();
  const [x, y] = [(frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth, (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight];
  const now = large.getBoundingClientRect().width; // the attribute is no inline style, which the policy forbids
  large.width = Math.round((now / SIZES[size]) * SIZES[next]);
  size = next;
  frame.classList.add("enlarged");
  frame.scrollTo({ left: x * frame.scrollWidth - frame.clientWidth / 2, top: y * frame.scrollHeight - frame.clientHeight / 2 });
  frame.focus({ preventScroll: true });
  tell();
}

function tell() {
  const where = shown.length > 1 ? say("pictureOf", { number: place + 1, count: shown.length }) : "";
  const much = size ? say("enlarged", { percent: SIZES[size] * 100 }) : "";
  viewer.querySelector("[data-number]").textContent = [where, much].filter(Boolean).join(" · ");
  for (const button of viewer.querySelectorAll("[data-zoom]")) button.disabled = Number(button.dataset.zoom) > 0 ? size === SIZES.length - 1 : !size;
}

const change = (by) => (by ? zoom(by) : fit());

viewer?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  const by = event.target.closest("[data-zoom]");
  if (step) look(place + Number(step.dataset.step));
  else if (by) change(Number(by.dataset.zoom));
  else if (event.target === large) size ? fit() : zoom(2);
});

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const ZOOMS = { "+": 1, "=": 1, "-": -1, _: -1, 0: 0 };

viewer?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = size ? undefined : STEPS[event.key]; // else the arrows move the picture
  const by = ZOOMS[event.key];
  if (step === undefined && by === undefined) return;
  event.preventDefault();
  if (step) look(place + step);
  else change(by);
});

viewer?.addEventListener("close", () => {
  large.removeAttribute("src");
  heir(shown[place])?.focus();
});
