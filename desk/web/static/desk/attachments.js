// What goes along with a reply: chosen, dropped or pasted; described, put in order, taken off.
import { noticeFailure, post } from "./shell.js";
import { say } from "./words.js";
import { field, form, isNote } from "./writing.js";

const PAUSE = 400; // after the last key of a description the desk is told

const list = () => document.getElementById("attached");
const items = () => [...(list()?.querySelectorAll("[data-attachment]") ?? [])];
const untold = new Map(); // items whose description is being typed, each with its timer
let busy = Promise.resolve(); // one after the other, so that files stand in the order in which they were chosen

/** What goes along, as the desk knows it. */
export const attached = () => items().map((item) => item.dataset.attachment).join(",");

/** Resolves once the desk has everything that was attached and said of it. */
export async function settled() {
  for (const item of [...untold.keys()]) tell(item);
  let last;
  do {
    last = busy;
    await last;
  } while (last !== busy);
}

/** What goes along with a canned response, or went along with a reply that failed. */
export const alsoAttach = (values) => list() && later(() => bring(values));

/** Puts the caret where an attachment is described. */
export const describe = (number) => items()[number - 1]?.querySelector("[data-alt]")?.focus();

const later = (task) => (busy = busy.then(task));
const takes = () => form().querySelector('[role="radio"][aria-checked="true"]')?.dataset.media === "1";
const changed = () => document.dispatchEvent(new CustomEvent("desk:attached"));

/** Whether the way that is chosen takes files: what does not is not offered. */
export function offer() {
  const button = form().querySelector("[data-attach]");
  if (button) button.hidden = isNote() || !takes();
}

// ── bringing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
function add(files) {
  if (!list() || !files.length) return;
  trouble("");
  if (isNote() || !takes()) return trouble(say("nothingAlong"));
  for (const file of files) {
    const waits = document.createElement("li");
    waits.className = "waits small muted";
    waits.textContent = say("attaching", { name: file.name });
    list().append(waits);
    later(() => bring({ file }, waits));
  }
  aloud(say("attaching", { name: [...files].map((file) => file.name).join(", ") }));
}

async function bring(values, waits) {
  const own = form();
  if (!own) return;
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  body.append("visibility", isNote() ? "public" : own.elements.visibility.value);
  body.append("seen", own.elements.seen.value);
  const headers = { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" };
  const answer = await fetch(own.dataset.attachUrl, { method: "POST", headers, body }).catch(() => null);
  const words = answer?.status < 500 ? await answer.text() : "";
  waits?.remove();
  if (form()?.dataset.attachUrl !== own.dataset.attachUrl) return; // another ticket was opened: it is with the draft of that one
  if (answer?.ok && document.getElementById(idIn(words))) return; // it came with a composer that was drawn anew meanwhile
  if (!answer || answer.status >= 500) return noticeFailure(answer ? "sayBroken" : "sayOffline");
  if (answer.status === 413) return trouble(say("tooLarge"));
  if (!answer.ok) return trouble(values.file ? `${values.file.name}: ${words}` : say("notAttached"));
  list().insertAdjacentHTML("beforeend", words); // made and escaped by the desk
  settle();
  aloud(say("attached", { name: values.file?.name ?? "" }));
}

const idIn = (html) => /id="(a\d+)"/.exec(html)?.[1] ?? "";

/** Numbers as they stand now, and what the rules say of it. */
function settle() {
  items().forEach((item, at) => {
    for (const number of item.querySelectorAll("[data-number]")) number.textContent = at + 1;
  });
  changed();
}

function trouble(words) {
  const place = document.getElementById("attach-problem");
  place.hidden = !words;
  place.textContent = words;
}

function aloud(words) {
  form().querySelector("[data-aloud]").textContent = words;
}

// ── describing, moving, taking off ────────────────────────────────────────────────────────────────────────────────────
function tell(item) {
  clearTimeout(untold.get(item));
  untold.delete(item);
  later(async () => {
    const answer = await post(item.dataset.describeUrl, { alt_text: item.querySelector("[data-alt]").value }).catch(() => null);
    if (!answer?.ok) return noticeFailure(answer ? "sayBroken" : "sayOffline");
    if (item.isConnected) changed();
  });
}

function move(button) {
  const item = button.closest("[data-attachment]");
  const step = Number(button.dataset.move);
  const other = items()[items().indexOf(item) + step];
  if (!other) return;
  other[step < 0 ? "before" : "after"](item);
  button.focus(); // which a browser takes from what is moved
  if (document.activeElement !== button) item.querySelector(`[data-move="${-step}"]`).focus(); // it is at an end now
  later(() => post(form().dataset.orderUrl, { ids: attached() }).catch(() => noticeFailure("sayOffline")));
  settle();
}

function takeOff(button) {
  const item = button.closest("[data-attachment]");
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  clearTimeout(untold.get(item));
  untold.delete(item);
  later(() => post(item.dataset.removeUrl, {}).catch(() => noticeFailure("sayOffline")));
  aloud(say("takenOff", { name: item.querySelector("bdi").textContent }));
  item.remove();
  (beside?.querySelector("[data-take-off]") ?? form().querySelector("[data-attach]:not([hidden])") ?? field()).focus();
  trouble("");
  settle();
}

/** Captions of a film, or none where there is no file; the item comes back as it stands then. */
function caption(item, file) {
  later(async () => {
    const body = new FormData();
    if (file) body.append("file", file);
    body.append("language", item.querySelector("[data-caption-language]").value);
    const headers = { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" };
    const answer = await fetch(item.dataset.captionUrl, { method: "POST", headers, body }).catch(() => null);
    if (!answer || answer.status >= 500) return noticeFailure(answer ? "sayBroken" : "sayOffline");
    const words = await answer.text();
    if (!item.isConnected) return;
    if (!answer.ok) return trouble(`${file?.name ?? ""}: ${words}`);
    trouble("");
    item.insertAdjacentHTML("afterend", words); // made and escaped by the desk
    const anew = item.nextElementSibling;
    item.remove();
    anew.querySelector("[data-captions]").focus();
    settle();
  });
}

// ── what reaches the composer ─────────────────────────────────────────────────────────────────────────────────────────
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-attach]")) form().querySelector("[data-files]").click();
  const moves = event.target.closest("#attached [data-move]");
  if (moves) move(moves);
  const off = event.target.closest("#attached [data-take-off]");
  if (off) takeOff(off);
  const bare = event.target.closest("#attached [data-captions-off]");
  if (bare) caption(bare.closest("[data-attachment]"), null);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#attached [data-captions]") && event.target.files.length) {
    return caption(event.target.closest("[data-attachment]"), event.target.files[0]);
  }
  if (!event.target.matches(".composer [data-files]")) return;
  add([...event.target.files]);
  event.target.value = ""; // so that the same file can be chosen again
});

document.addEventListener("input", (event) => {
  const item = event.target.matches("[data-alt]") && event.target.closest("#attached [data-attachment]");
  if (!item) return;
  clearTimeout(untold.get(item));
  untold.set(item, setTimeout(() => tell(item), PAUSE));
});

const holdsFiles = (data) => [...(data?.types ?? [])].includes("Files");

document.addEventListener("paste", (event) => {
  if (event.target !== field() || !event.clipboardData?.files.length) return;
  event.preventDefault();
  add([...event.clipboardData.files]);
});

document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.(".composer");
  if (!over || !holdsFiles(event.dataTransfer)) return;
  event.preventDefault();
  over.dataset.drop = "1";
});

document.addEventListener("dragleave", (event) => {
  const own = form();
  if (own && !own.contains(event.relatedTarget)) delete own.dataset.drop;
});

document.addEventListener("drop", (event) => {
  const over = event.target.closest?.(".composer");
  if (!over || !holdsFiles(event.dataTransfer)) return;
  event.preventDefault();
  delete over.dataset.drop;
  add([...event.dataTransfer.files]);
});

/** What was typed last of a description goes to the desk before the page goes away. */
window.addEventListener("pagehide", () => {
  for (const item of untold.keys()) {
    const values = new URLSearchParams({ alt_text: item.querySelector("[data-alt]").value });
    const headers = { "X-CSRFToken": document.body.dataset.csrf };
    fetch(item.dataset.describeUrl, { method: "POST", keepalive: true, headers, body: values });
  }
});
