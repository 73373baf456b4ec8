// The box in which a reply is tried: the desk is asked after a pause, and an answer to older words is dropped.
import { drawMarks, spots } from "./marks.js";

const PAUSE = 300;
const box = document.getElementById("try-box");
const form = document.getElementById("try-form");
const area = form?.elements.try_text;
const found = document.getElementById("tried");
const findings = () => found.querySelectorAll(".finding");

let waiting = 0;
let asking = null;

function draw() {
  drawMarks(box.querySelector(".under"), area.value, findings());
}

function later() {
  for (const finding of findings()) finding.remove(); // they were about other words
  draw();
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const editor = document.getElementById("rule-form"); // what is typed there counts, kept or not
  const body = new URLSearchParams([...(editor ? new FormData(editor) : []), ...new FormData(form)]);
  try {
    const answer = await fetch(box.dataset.url, { method: "POST", body, signal: asking.signal, headers: { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf } });
    if (!answer.ok) return;
    found.innerHTML = await answer.text(); // made and escaped by the desk
    draw();
  } catch (problem) {
    if (problem.name !== "AbortError") found.replaceChildren();
  }
}

function next() {
  const places = spots(area.value, findings());
  if (!places.length) return;
  const { start, end } = places.find((place) => place.start > area.selectionStart) ?? places[0];
  area.focus();
  area.setSelectionRange(start, end);
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-leave]")) return;
    event.preventDefault();
    clearTimeout(waiting);
    ask();
  });
  document.getElementById("rule-form")?.addEventListener("input", () => area.value && later());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8" || !event.target.closest("#try-box")) return;
    event.preventDefault();
    next();
  });
  draw();
  if (area.value) ask();
}
