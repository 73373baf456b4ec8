// The box in which a reply is tried: the desk is asked after a pause, and an answer to older words is dropped.
import { drawMarks, spotsOf, toNextSpot } from "./marks.js";

const PAUSE = 300; // after the last key
const box = document.getElementById("try-box");
const form = document.getElementById("try-form");
const editor = document.getElementById("rule-form"); // what is typed there counts, kept or not
const area = form.elements.try_text;
const found = document.getElementById("tried");
const spots = () => spotsOf(area.value, found.querySelectorAll(".finding"));

let waiting = 0;
let asking = null;

const draw = () => drawMarks(box.querySelector(".under"), area.value, spots());

function later() {
  draw();
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
}

async function ask() {
  clearTimeout(waiting);
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const body = new URLSearchParams([...(editor ? new FormData(editor) : []), ...new FormData(form)]);
  const headers = { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf };
  const answer = await fetch(box.dataset.url, { method: "POST", body, headers, signal }).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;
  if (signal.aborted) return;
  if (html === null) found.textContent = box.dataset.sayFailed;
  else found.innerHTML = html; // made and escaped by the desk
  draw();
}

form.addEventListener("input", later);
editor?.addEventListener("input", () => area.value && later());
form.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-leave]")) return;
  event.preventDefault();
  ask();
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "F8") return;
  event.preventDefault();
  toNextSpot(area, spots());
});
draw();
if (area.value) ask();
