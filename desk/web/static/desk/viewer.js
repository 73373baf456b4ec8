// Pictures of a conversation, large and by keyboard: ← and → go to the next one, Esc closes.
import { heir } from "./put.js";
import { say } from "./words.js";

const viewer = document.getElementById("viewer");
let shown = [];
let place = 0;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-look]");
  if (!link || !viewer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  shown = [...document.querySelectorAll("a[data-look]")];
  look(shown.indexOf(link));
  viewer.showModal();
});

function look(number) {
  place = (number + shown.length) % shown.length;
  const small = shown[place].querySelector("img");
  const large = viewer.querySelector("img");
  large.src = shown[place].href;
  large.alt = small.alt;
  viewer.querySelector("figcaption").textContent = small.alt;
  viewer.querySelector("[data-number]").textContent = say("pictureOf", { number: place + 1, count: shown.length });
  viewer.querySelector("[data-whole]").href = shown[place].href;
  for (const button of viewer.querySelectorAll("[data-step]")) button.hidden = shown.length < 2;
}

viewer?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) look(place + Number(step.dataset.step));
});

viewer?.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  look(place + step);
});

viewer?.addEventListener("close", () => {
  viewer.querySelector("img").removeAttribute("src");
  heir(shown[place])?.focus();
});
